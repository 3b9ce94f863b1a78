//! From the grammar's tree to our AST: statements.

use std::sync::Arc;

use super::lower::Lower;
use super::{Expr, ExprKind, Import, Imported, Name, Pattern, Stmt, StmtKind};
use crate::syntax::grammar::Node;

impl Lower<'_> {
    /// The statements of a file or block.
    pub(super) fn statements(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let children = self.children(node);
        children.into_iter().filter_map(|child| self.statement(child)).collect()
    }

    /// A statement's body: a block's statements, or the one statement.
    fn body(&mut self, node: Option<Node<'_>>) -> Vec<Stmt> {
        match node {
            Some(block) if block.kind() == "statement_block" => self.statements(block),
            Some(one) => self.statement(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn statement(&mut self, node: Node<'_>) -> Option<Stmt> {
        let kind = self.deeper(node, |lower| lower.statement_kind(node));
        let kind = kind.unwrap_or(Some(StmtKind::Other("nested too deeply")))?;
        Some(Stmt { span: self.span(node), kind })
    }

    fn statement_kind(&mut self, node: Node<'_>) -> Option<StmtKind> {
        Some(match node.kind() {
            "import_statement" => self.import(node)?,
            "export_statement" => self.export(node)?,
            "lexical_declaration" | "variable_declaration" => {
                StmtKind::Variables { exported: false, declarations: self.declarations(node) }
            }
            "function_declaration" | "generator_function_declaration" => {
                StmtKind::Function { exported: false, default: false, function: Arc::new(self.function(node)) }
            }
            "expression_statement" => {
                let child = self.children(node).first().copied()?;
                StmtKind::Expression(self.expr(child))
            }
            "if_statement" => {
                let condition = self.field_or_other(node, "condition");
                let then = self.body(node.child_by_field_name("consequence"));
                let otherwise = node.child_by_field_name("alternative").and_then(|e| self.children(e).first().copied());
                StmtKind::If { condition, then, otherwise: self.body(otherwise) }
            }
            "for_in_statement" => {
                let keys = node.child_by_field_name("operator").is_some_and(|o| o.kind() == "in");
                let pattern = match node.child_by_field_name("left") {
                    Some(left) => self.pattern(left).0,
                    None => Pattern::Other(self.span(node)),
                };
                let over = self.field_or_other(node, "right");
                StmtKind::For { pattern, over, keys, body: self.body(node.child_by_field_name("body")) }
            }
            "switch_statement" => {
                let value = self.field_or_other(node, "value");
                let mut cases = Vec::new();
                for case in node.child_by_field_name("body").map_or_else(Vec::new, |b| self.children(b)) {
                    let test = case.child_by_field_name("value").map(|v| self.expr(v));
                    let mut cursor = case.walk();
                    let statements: Vec<Node<'_>> = case.children_by_field_name("body", &mut cursor).collect();
                    let statements = statements.into_iter().filter(|n| n.is_named() && !n.is_extra());
                    cases.push((test, statements.filter_map(|s| self.statement(s)).collect()));
                }
                StmtKind::Switch { value, cases }
            }
            "try_statement" => {
                let handler = node.child_by_field_name("handler").and_then(|h| h.child_by_field_name("body"));
                let finally = node.child_by_field_name("finalizer").and_then(|f| f.child_by_field_name("body"));
                StmtKind::Try {
                    body: self.body(node.child_by_field_name("body")),
                    handler: self.body(handler),
                    finally: self.body(finally),
                }
            }
            "statement_block" => StmtKind::Block(self.statements(node)),
            "return_statement" => {
                let value = self.children(node).first().copied();
                StmtKind::Return(value.map(|v| self.expr(v)))
            }
            "throw_statement" => StmtKind::Throw,
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            // Types have no value.
            "interface_declaration"
            | "type_alias_declaration"
            | "ambient_declaration"
            | "empty_statement"
            | "function_signature" => return None,
            other => StmtKind::Other(other),
        })
    }

    fn field_or_other(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child),
            None => Expr { span: self.span(node), kind: ExprKind::Other("nothing") },
        }
    }

    fn declarations(&mut self, node: Node<'_>) -> Vec<(Pattern, Option<Expr>)> {
        let mut found = Vec::new();
        for child in self.children(node) {
            if child.kind() != "variable_declarator" {
                continue;
            }
            let Some(name) = child.child_by_field_name("name") else { continue };
            let pattern = self.pattern(name).0;
            found.push((pattern, child.child_by_field_name("value").map(|v| self.expr(v))));
        }
        found
    }

    fn import(&mut self, node: Node<'_>) -> Option<StmtKind> {
        let from = self.name(node.child_by_field_name("source")?);
        let mut bindings = Vec::new();
        if is_type_only(node) {
            return None;
        }
        for clause in self.children(node).into_iter().filter(|n| n.kind() == "import_clause") {
            for part in self.children(clause) {
                match part.kind() {
                    "identifier" => bindings.push((Imported::Default, self.name(part))),
                    "namespace_import" => {
                        if let Some(&name) = self.children(part).first() {
                            bindings.push((Imported::Namespace, self.name(name)));
                        }
                    }
                    "named_imports" => {
                        for one in self.children(part) {
                            if is_type_only(one) {
                                continue;
                            }
                            let Some(name) = one.child_by_field_name("name") else { continue };
                            let name = self.name(name);
                            let local = one.child_by_field_name("alias").map_or(name.clone(), |a| self.name(a));
                            let what =
                                if name.text == "default" { Imported::Default } else { Imported::Name(name.text) };
                            bindings.push((what, local));
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(StmtKind::Import(Import { from, bindings }))
    }

    fn export(&mut self, node: Node<'_>) -> Option<StmtKind> {
        let mut cursor = node.walk();
        let tokens: Vec<&str> = node.children(&mut cursor).map(|c| c.kind()).collect();
        let default = tokens.contains(&"default");
        if let Some(value) = node.child_by_field_name("value") {
            return Some(StmtKind::ExportDefault(self.expr(value)));
        }
        if let Some(declaration) = node.child_by_field_name("declaration") {
            return match self.statement_kind(declaration)? {
                StmtKind::Variables { declarations, .. } => Some(StmtKind::Variables { exported: true, declarations }),
                StmtKind::Function { function, .. } => {
                    Some(StmtKind::Function { exported: !default, default, function })
                }
                other => Some(other),
            };
        }
        let from = node.child_by_field_name("source").map(|s| self.name(s));
        let clause = self.children(node).into_iter().find(|n| n.kind() == "export_clause");
        let Some(clause) = clause else {
            return match from {
                Some(from) if tokens.contains(&"*") => Some(StmtKind::ExportAll(from)),
                _ => Some(StmtKind::Other("export_statement")),
            };
        };
        let mut names: Vec<(Name, Name)> = Vec::new();
        for one in self.children(clause) {
            if let Some(name) = one.child_by_field_name("name") {
                let name = self.name(name);
                let outside = one.child_by_field_name("alias").map_or(name.clone(), |a| self.name(a));
                names.push((name, outside));
            }
        }
        Some(StmtKind::ExportNames { names, from })
    }
}

/// `import type …`, `{ type X }`.
fn is_type_only(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| c.kind() == "type" || c.kind() == "typeof")
}
