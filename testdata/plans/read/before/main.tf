data "terraform_remote_state" "other" {
  backend = "local"
  config = {
    path = "${path.module}/other.tfstate"
  }
}
resource "terraform_data" "later" {
  input = timestamp()
}
data "terraform_remote_state" "deferred" {
  backend    = "local"
  depends_on = [terraform_data.later]
  config = {
    path = "${path.module}/other.tfstate"
  }
}
resource "terraform_data" "uses" {
  input = [data.terraform_remote_state.other.outputs.name, data.terraform_remote_state.deferred.outputs.name]
}
output "list" {
  value = [terraform_data.later.output, "known", terraform_data.uses.input[0]]
}
