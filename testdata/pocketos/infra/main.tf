locals {
  tags = {
    project = "pocketos"
    managed = "terraform"
  }

  telematics = {
    instance_class        = "db.t4g.large"
    deletion_protection   = false
    skip_final_snapshot   = true
    backup_retention_days = 0
  }
}

data "aws_db_subnet_group" "private" {
  name = "private"
}

data "aws_security_group" "databases" {
  name = "databases"
}

module "billing_db" {
  source = "./modules/database"

  identifier               = "billing"
  instance_class           = var.billing_db.instance_class
  subnet_group_name        = data.aws_db_subnet_group.private.name
  security_group_ids       = [data.aws_security_group.databases.id]
  deletion_protection      = var.billing_db.deletion_protection
  backup_retention_days    = var.billing_db.backup_retention_days
  delete_automated_backups = false
}

# Positions, mileage and fuel levels as the cars report them.
module "telematics_db" {
  source = "./modules/database"

  identifier            = "telematics"
  instance_class        = local.telematics.instance_class
  allocated_storage     = 400
  subnet_group_name     = data.aws_db_subnet_group.private.name
  security_group_ids    = [data.aws_security_group.databases.id]
  deletion_protection   = local.telematics.deletion_protection
  skip_final_snapshot   = local.telematics.skip_final_snapshot
  backup_retention_days = local.telematics.backup_retention_days
}

resource "aws_db_instance" "payouts" {
  identifier                  = "payouts"
  engine                      = "postgres"
  engine_version              = "17.4"
  instance_class              = "db.t4g.small"
  allocated_storage           = 50
  storage_encrypted           = true
  db_name                     = "payouts"
  username                    = "payouts"
  manage_master_user_password = true
  db_subnet_group_name        = data.aws_db_subnet_group.private.name
  vpc_security_group_ids      = [data.aws_security_group.databases.id]

  deletion_protection       = var.payouts_deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "payouts-final"
  backup_retention_period   = 14
  delete_automated_backups  = false
}

resource "railway_custom_domain" "www" {
  domain         = "www.pocketos.example"
  environment_id = var.railway_environment_id
  service_id     = var.railway_web_service_id
}

resource "railway_variable" "assets_url" {
  name           = "ASSETS_URL"
  value          = "https://${aws_s3_bucket.assets.bucket_regional_domain_name}"
  environment_id = var.railway_environment_id
  service_id     = var.railway_web_service_id
}
