billing_db = {
  instance_class        = "db.t4g.medium"
  backup_retention_days = 14
}
