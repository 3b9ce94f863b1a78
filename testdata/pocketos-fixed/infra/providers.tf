terraform {
  required_version = ">= 1.11"

  # No Railway provider: it works only with an account or workspace token, which can delete every
  # project. What it managed (a domain, a variable) is in .railway/railway.ts.
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
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

# The account of the copies. Nothing runs in it and nobody works in it: the keys of people, services
# and agents of the account above open nothing here. Terraform comes in through a role that only the
# approved deploy job may assume, and the lock in offsite.tf holds against that role too.
provider "aws" {
  alias               = "offsite"
  region              = "eu-west-1"
  allowed_account_ids = ["730335519284"]

  assume_role {
    role_arn = "arn:aws:iam::730335519284:role/pocketos-terraform"
  }

  default_tags {
    tags = local.tags
  }
}
