provider "kubernetes" {
  config_path = "kubeconfig.yaml"
}

resource "kubernetes_namespace" "shop" {
  metadata {
    name = "shop"
  }
}

resource "kubernetes_persistent_volume_claim" "postgres" {
  metadata {
    name      = "postgres-data"
    namespace = kubernetes_namespace.shop.metadata[0].name
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = {
        storage = "50Gi"
      }
    }
  }
}

# Where the nightly dumps go.
resource "kubernetes_persistent_volume_claim" "dumps" {
  metadata {
    name      = "postgres-dumps"
    namespace = kubernetes_namespace.shop.metadata[0].name
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = {
        storage = "100Gi"
      }
    }
  }
}
