//! Statements.

use std::sync::Arc;

use super::Lower;
use super::expressions::{operator, undefined};
use crate::syntax::grammar::Node;
use crate::syntax::typescript::{
    Body, Element, Expr, ExprKind, Function, Import, Imported, Name, Pattern, Stmt, StmtKind,
};

/// The end of the SDK's import path.
const SDK: &str = "railway-go-iac/iac";

impl Lower<'_> {
    pub(super) fn file(&mut self, root: Node<'_>) -> Vec<Stmt> {
        let mut all = Vec::new();
        for node in self.children(root) {
            let span = self.span(node);
            let kinds = match node.kind() {
                "import_declaration" => self.imports(node),
                "const_declaration" | "var_declaration" => self.variables(node, true),
                "function_declaration" => self.function(node),
                "package_clause" | "type_declaration" | "method_declaration" => Vec::new(),
                kind => vec![StmtKind::Other(kind)],
            };
            all.extend(kinds.into_iter().map(|kind| Stmt { span, kind }));
        }
        all
    }

    fn imports(&mut self, node: Node<'_>) -> Vec<StmtKind> {
        let mut specs = Vec::new();
        for child in self.children(node) {
            if child.kind() == "import_spec_list" { specs.extend(self.children(child)) } else { specs.push(child) }
        }
        let mut all = Vec::new();
        for spec in specs {
            let Some(path) = spec.child_by_field_name("path") else { continue };
            let Some(text) = self.string(path) else { continue };
            let last = text.as_str().rsplit('/').next().unwrap_or_default();
            let local = match spec.child_by_field_name("name") {
                Some(alias) => self.name(alias),
                None => Name { text: last.into(), span: self.span(path) },
            };
            if text.as_str().ends_with(SDK) {
                self.language.sdk = local.text.clone();
            }
            let from = Name { text, span: self.span(path) };
            all.push(StmtKind::Import(Import { from, bindings: vec![(Imported::Namespace, local)] }));
        }
        all
    }

    /// `const a, b = 1, 2`, `var x T`, several in parentheses.
    fn variables(&mut self, node: Node<'_>, top: bool) -> Vec<StmtKind> {
        let mut specs = Vec::new();
        for child in self.children(node) {
            if child.kind() == "var_spec_list" { specs.extend(self.children(child)) } else { specs.push(child) }
        }
        let mut all = Vec::new();
        for spec in specs {
            let mut cursor = spec.walk();
            let names: Vec<Name> = spec
                .children_by_field_name("name", &mut cursor)
                .filter(|n| n.is_named())
                .map(|n| self.name(n))
                .collect();
            let values = spec.child_by_field_name("value").map_or_else(Vec::new, |v| self.listed(v));
            let span = self.span(spec);
            let mut values = values.into_iter();
            let declarations = names
                .iter()
                .map(|n| (Pattern::Name(n.clone()), Some(values.next().unwrap_or(undefined(span)))))
                .collect();
            all.push(StmtKind::Variables { exported: top, declarations });
            if let Some(partial) = names.iter().find(|n| top && n.text == "Partial") {
                let outside = Name { text: "partial".into(), span: partial.span };
                all.push(StmtKind::ExportNames { names: vec![(partial.clone(), outside)], from: None });
            }
        }
        all
    }

    /// The expressions of a list.
    fn listed(&mut self, node: Node<'_>) -> Vec<Expr> {
        if node.kind() != "expression_list" {
            return vec![self.expr(node)];
        }
        let children = self.children(node);
        children.into_iter().map(|child| self.expr(child)).collect()
    }

    fn function(&mut self, node: Node<'_>) -> Vec<StmtKind> {
        let span = self.span(node);
        let Some(name) = node.child_by_field_name("name").map(|n| self.name(n)) else { return Vec::new() };
        let parameters = node.child_by_field_name("parameters").map_or_else(Vec::new, |p| self.parameters(p));
        let body = Body::Block(self.block(node, "body"));
        let main = name.text == "Railway";
        let function = Arc::new(Function { span, name: Some(name), parameters, body });
        if !main {
            return vec![StmtKind::Function { exported: true, default: false, function }];
        }
        let sdk = Box::new(Expr { span, kind: ExprKind::Name(self.language.sdk.clone()) });
        let define = Name { text: "defineRailway".into(), span };
        let callee = Expr { span, kind: ExprKind::Member { object: sdk, name: define, optional: false } };
        let program = Element { value: Expr { span, kind: ExprKind::Function(function) }, spread: false };
        let call = ExprKind::Call { callee: Box::new(callee), arguments: vec![program], optional: false, new: false };
        vec![StmtKind::ExportDefault(Expr { span, kind: call })]
    }

    pub(super) fn block(&mut self, node: Node<'_>, field: &str) -> Vec<Stmt> {
        node.child_by_field_name(field).map_or_else(Vec::new, |b| self.statements(b))
    }

    fn statements(&mut self, block: Node<'_>) -> Vec<Stmt> {
        let mut all = Vec::new();
        for child in self.children(block) {
            if child.kind() == "statement_list" {
                all.extend(self.statements(child));
                continue;
            }
            let span = self.span(child);
            let kinds = self.deeper(child, |me| me.statement(child)).unwrap_or_default();
            all.extend(kinds.into_iter().map(|kind| Stmt { span, kind }));
        }
        all
    }

    fn statement(&mut self, node: Node<'_>) -> Vec<StmtKind> {
        let span = self.span(node);
        match node.kind() {
            "short_var_declaration" => {
                let (names, values) = (self.sides(node, "left"), self.sides(node, "right"));
                let mut values = values.into_iter();
                let patterns = names.into_iter().map(|e| match e.kind {
                    ExprKind::Name(text) => Pattern::Name(Name { text, span: e.span }),
                    _ => Pattern::Other(e.span),
                });
                let other = || Expr { span, kind: ExprKind::Other("several results") };
                let declarations = patterns.map(|p| (p, Some(values.next().unwrap_or_else(other)))).collect();
                vec![StmtKind::Variables { exported: false, declarations }]
            }
            "assignment_statement" => {
                let (targets, values) = (self.sides(node, "left"), self.sides(node, "right"));
                let sign = node.child_by_field_name("operator").map_or("=", |o| self.text(o));
                let operator = (sign != "=").then(|| operator(sign));
                let pairs = targets.into_iter().zip(values).map(|(target, value)| {
                    let kind = ExprKind::Assign { target: Box::new(target), operator, value: Box::new(value) };
                    StmtKind::Expression(Expr { span, kind })
                });
                pairs.collect()
            }
            "var_declaration" | "const_declaration" => self.variables(node, false),
            "expression_statement" => {
                let children = self.children(node);
                match children.first() {
                    Some(inner) if self.text(*inner).starts_with("panic(") => vec![StmtKind::Throw],
                    Some(inner) => vec![StmtKind::Expression(self.expr(*inner))],
                    None => Vec::new(),
                }
            }
            "return_statement" => {
                let value = self.children(node).first().map(|list| self.listed(*list));
                vec![StmtKind::Return(value.and_then(|all| all.into_iter().next()))]
            }
            "if_statement" => {
                let condition = self.field(node, "condition");
                let then = self.block(node, "consequence");
                let otherwise = match node.child_by_field_name("alternative") {
                    Some(alternative) if alternative.kind() == "if_statement" => {
                        let span = self.span(alternative);
                        let kinds = self.deeper(alternative, |me| me.statement(alternative)).unwrap_or_default();
                        kinds.into_iter().map(|kind| Stmt { span, kind }).collect()
                    }
                    Some(alternative) => self.statements(alternative),
                    None => Vec::new(),
                };
                let branch = StmtKind::If { condition, then, otherwise };
                match node.child_by_field_name("initializer") {
                    Some(first) => {
                        let at = self.span(first);
                        let kinds = self.deeper(first, |me| me.statement(first)).unwrap_or_default();
                        let mut all: Vec<Stmt> = kinds.into_iter().map(|kind| Stmt { span: at, kind }).collect();
                        all.push(Stmt { span, kind: branch });
                        vec![StmtKind::Block(all)]
                    }
                    None => vec![branch],
                }
            }
            "for_statement" => vec![self.turns(node)],
            "block" => vec![StmtKind::Block(self.statements(node))],
            "break_statement" => vec![StmtKind::Break],
            "continue_statement" => vec![StmtKind::Continue],
            "empty_statement" => Vec::new(),
            kind => vec![StmtKind::Other(kind)],
        }
    }

    fn sides(&mut self, node: Node<'_>, field: &str) -> Vec<Expr> {
        node.child_by_field_name(field).map_or_else(Vec::new, |side| self.listed(side))
    }

    /// `for _, x := range xs`.
    fn turns(&mut self, node: Node<'_>) -> StmtKind {
        let body = self.block(node, "body");
        let Some(range) = self.children(node).into_iter().find(|c| c.kind() == "range_clause") else {
            return StmtKind::Other("for_statement");
        };
        let mut over = self.field(range, "right");
        let names: Vec<Pattern> = self
            .sides(range, "left")
            .into_iter()
            .map(|e| match e.kind {
                ExprKind::Name(text) => Pattern::Name(Name { text, span: e.span }),
                _ => Pattern::Other(e.span),
            })
            .collect();
        let blank = |p: &Pattern| matches!(p, Pattern::Name(n) if n.text == "_");
        match names.as_slice() {
            [only] => StmtKind::For { pattern: only.clone(), over, keys: true, body },
            [first, second] if blank(first) => StmtKind::For { pattern: second.clone(), over, keys: false, body },
            [first, second] => {
                let at = over.span;
                let object = Box::new(Expr { span: at, kind: ExprKind::Name("Object".into()) });
                let entries = Name { text: "entries".into(), span: at };
                let callee = Expr { span: at, kind: ExprKind::Member { object, name: entries, optional: false } };
                let arguments = vec![Element { value: over, spread: false }];
                let call = ExprKind::Call { callee: Box::new(callee), arguments, optional: false, new: false };
                over = Expr { span: at, kind: call };
                let members = vec![Some((first.clone(), None)), Some((second.clone(), None))];
                StmtKind::For { pattern: Pattern::Array { members, rest: None }, over, keys: false, body }
            }
            _ => StmtKind::Other("for_statement"),
        }
    }
}
