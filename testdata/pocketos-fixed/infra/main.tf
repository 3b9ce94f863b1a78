locals {
  tags = {
    project = "pocketos"
    managed = "terraform"
  }

  telematics = {
    instance_class        = "db.t4g.large"
    deletion_protection   = true
    skip_final_snapshot   = false
    backup_retention_days = 14
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

  identifier            = "billing"
  instance_class        = var.billing_db.instance_class
  subnet_group_name     = data.aws_db_subnet_group.private.name
  security_group_ids    = [data.aws_security_group.databases.id]
  deletion_protection   = var.billing_db.deletion_protection
  backup_retention_days = var.billing_db.backup_retention_days
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

  # Written down rather than handed in by CI: who reviews a change to it sees it.
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "payouts-final"
  backup_retention_period   = 14
  delete_automated_backups  = false

  lifecycle {
    prevent_destroy = true
  }
}
