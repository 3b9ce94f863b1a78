variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "billing_db" {
  description = "Invoices and the ledger."
  type = object({
    instance_class        = string
    deletion_protection   = optional(bool, true)
    backup_retention_days = optional(number, 7)
  })
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
