terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    railway = {
      source  = "terraform-community-providers/railway"
      version = "~> 0.6"
    }
  }

  backend "s3" {
    bucket       = "pocketos-tfstate"
    key          = "infra/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = ["412087316650"]

  default_tags {
    tags = local.tags
  }
}

provider "railway" {
  token = var.railway_token
}
