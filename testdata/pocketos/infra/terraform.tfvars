railway_environment_id = "f17baa87-91fa-4846-91f6-c3dbc1698786"
railway_web_service_id = "43602388-09f4-4dd2-81ba-9f11ba3325eb"

billing_db = {
  instance_class        = "db.t4g.medium"
  backup_retention_days = 14
}

dumps_versioning = false
