terraform {
  required_providers {
    neon = {
      source = "kislerdm/neon"
    }
  }
}

provider "neon" {}

resource "neon_project" "app" {
  name                      = "app"
  history_retention_seconds = 86400
}
