SELECT date_trunc('month', placed_at), sum(total) FROM orders GROUP BY 1;
