variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "railway_token" {
  description = "Token the Railway provider works with."
  type        = string
  sensitive   = true
}

variable "railway_environment_id" {
  type = string
}

variable "railway_web_service_id" {
  type = string
}

variable "billing_db" {
  description = "Invoices and the ledger."
  type = object({
    instance_class        = string
    deletion_protection   = optional(bool, true)
    backup_retention_days = optional(number, 7)
  })
}

variable "payouts_deletion_protection" {
  description = "Whether the payouts database refuses to be deleted."
  type        = bool
}

variable "assets_versioning" {
  description = "Keep older versions of uploaded pictures."
  type        = bool
  default     = true
}

variable "dumps_versioning" {
  description = "Keep older versions of telematics dumps."
  type        = bool
  default     = true
}
