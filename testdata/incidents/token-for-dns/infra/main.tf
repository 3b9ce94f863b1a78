terraform {
  required_providers {
    digitalocean = {
      source = "digitalocean/digitalocean"
    }
  }
}

provider "digitalocean" {}

resource "digitalocean_database_cluster" "main" {
  name       = "shop"
  engine     = "pg"
  version    = "17"
  size       = "db-s-2vcpu-4gb"
  region     = "fra1"
  node_count = 1
}
