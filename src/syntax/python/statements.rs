//! Statements. A name belongs to its function, wherever in it it is set: it is declared at the top.

use std::sync::Arc;

use super::expressions::add;
use super::{Lower, call};
use crate::source::Text;
use crate::syntax::grammar::Node;
use crate::syntax::typescript::{
    Binary, Body, Expr, ExprKind, Function, Import, Imported, Name, Pattern, Stmt, StmtKind, Unary,
};

impl Lower<'_> {
    pub(super) fn module(&mut self, root: Node<'_>) -> Vec<Stmt> {
        for node in self.children(root) {
            let function =
                if node.kind() == "decorated_definition" { node.child_by_field_name("definition") } else { Some(node) };
            if let Some(function) = function.filter(|f| f.kind() == "function_definition") {
                self.remember(function);
            }
        }
        self.body(root, true)
    }

    fn remember(&mut self, function: Node<'_>) {
        let (Some(name), Some(list)) =
            (function.child_by_field_name("name"), function.child_by_field_name("parameters"))
        else {
            return;
        };
        let name: Text = self.text(name).into();
        let kinds: Vec<(bool, bool)> = self
            .children(list)
            .into_iter()
            .filter(|c| !matches!(c.kind(), "keyword_separator" | "positional_separator"))
            .map(|c| {
                let inner =
                    if c.kind() == "typed_parameter" { self.children(c).first().copied().unwrap_or(c) } else { c };
                (inner.kind() == "dictionary_splat_pattern", inner.kind() == "list_splat_pattern")
            })
            .collect();
        let parameters = self.parameters(list);
        let named = parameters.iter().zip(kinds).filter_map(|(p, (keywords, rest))| match &p.pattern {
            Pattern::Name(n) => Some(super::Parameter { name: n.text.clone(), keywords, rest }),
            _ => None,
        });
        let named = named.collect();
        self.language.functions.insert(name, named);
    }

    /// The statements of a module or function, its names declared at the top.
    fn body(&mut self, node: Node<'_>, exported: bool) -> Vec<Stmt> {
        let mut statements = self.statements(node);
        let mut names = Vec::new();
        assigned(&statements, &mut names);
        if names.is_empty() {
            return statements;
        }
        let declarations = names.iter().map(|n| (Pattern::Name(n.clone()), None)).collect();
        let span = self.span(node).at_start();
        let top = Stmt { span, kind: StmtKind::Variables { exported, declarations } };
        statements.insert(0, top);
        if exported && let Some(partial) = names.iter().find(|n| n.text == "PARTIAL") {
            let outside = Name { text: "partial".into(), span: partial.span };
            let kind = StmtKind::ExportNames { names: vec![(partial.clone(), outside)], from: None };
            statements.push(Stmt { span, kind });
        }
        statements
    }

    fn statements(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let children = self.children(node);
        children.into_iter().flat_map(|child| self.statement(child)).collect()
    }

    fn statement(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let span = self.span(node);
        let one = |kind: StmtKind| vec![Stmt { span, kind }];
        let kind = self.deeper(node, |me| match node.kind() {
            "expression_statement" => {
                let children = me.children(node);
                let kinds: Vec<StmtKind> = children.into_iter().filter_map(|c| me.simple(c)).collect();
                kinds
            }
            "import_from_statement" => vec![me.import_from(node)],
            "import_statement" => me.import(node),
            "decorated_definition" => vec![me.decorated(node)],
            "function_definition" => match me.function(node) {
                Some(function) => vec![StmtKind::Function { exported: true, default: false, function }],
                None => Vec::new(),
            },
            "if_statement" => vec![me.branch(node)],
            "for_statement" => {
                let pattern = match node.child_by_field_name("left") {
                    Some(left) => me.pattern(left),
                    None => Pattern::Other(span),
                };
                let over = me.field(node, "right");
                let body = me.block(node, "body");
                vec![StmtKind::For { pattern, over, keys: false, body }]
            }
            "return_statement" => {
                let value = me.children(node).first().map(|v| me.expr(*v));
                vec![StmtKind::Return(value)]
            }
            "raise_statement" => vec![StmtKind::Throw],
            "break_statement" => vec![StmtKind::Break],
            "continue_statement" => vec![StmtKind::Continue],
            "try_statement" => {
                vec![StmtKind::Try { body: me.block(node, "body"), handler: Vec::new(), finally: Vec::new() }]
            }
            "with_statement" => vec![StmtKind::Block(me.block(node, "body"))],
            "delete_statement" => me
                .children(node)
                .first()
                .map(|target| {
                    StmtKind::Expression(Expr {
                        span,
                        kind: ExprKind::Unary(Unary::Delete, Box::new(me.expr(*target))),
                    })
                })
                .into_iter()
                .collect(),
            // Of no effect on what is built.
            "pass_statement"
            | "global_statement"
            | "nonlocal_statement"
            | "assert_statement"
            | "future_import_statement"
            | "type_alias_statement" => Vec::new(),
            other => vec![StmtKind::Other(other)],
        });
        kind.unwrap_or_default().into_iter().flat_map(one).collect()
    }

    fn simple(&mut self, node: Node<'_>) -> Option<StmtKind> {
        let span = self.span(node);
        Some(match node.kind() {
            "assignment" => {
                let left = node.child_by_field_name("left")?;
                // `x: int` says nothing of its value.
                node.child_by_field_name("right")?;
                let value = self.field(node, "right");
                let kind = match self.pattern(left) {
                    pattern @ Pattern::Array { .. } => ExprKind::AssignPattern(Box::new(pattern), Box::new(value)),
                    _ => ExprKind::Assign { target: Box::new(self.expr(left)), operator: None, value: Box::new(value) },
                };
                StmtKind::Expression(Expr { span, kind })
            }
            "augmented_assignment" => {
                let target = self.field(node, "left");
                let value = self.field(node, "right");
                let sign = node.child_by_field_name("operator").map_or("", |o| self.text(o));
                let operator = match sign {
                    "+=" => Binary::Add,
                    "-=" => Binary::Subtract,
                    "*=" => Binary::Multiply,
                    _ => Binary::Other,
                };
                let value = match sign {
                    "|=" => {
                        let all = [target.clone(), value];
                        let callee = super::member(super::named("Object", span), "assign", span, span);
                        call(callee, all.to_vec(), span)
                    }
                    _ => Expr { span, kind: add(operator, target.clone(), value) },
                };
                let kind = ExprKind::Assign { target: Box::new(target), operator: None, value: Box::new(value) };
                StmtKind::Expression(Expr { span, kind })
            }
            // A docstring.
            "string" => return None,
            _ => StmtKind::Expression(self.expr(node)),
        })
    }

    fn block(&mut self, node: Node<'_>, field: &str) -> Vec<Stmt> {
        node.child_by_field_name(field).map_or_else(Vec::new, |b| self.statements(b))
    }

    fn branch(&mut self, node: Node<'_>) -> StmtKind {
        let condition = self.field(node, "condition");
        let then = self.block(node, "consequence");
        let mut cursor = node.walk();
        let alternatives: Vec<Node<'_>> = node.children_by_field_name("alternative", &mut cursor).collect();
        let mut otherwise: Vec<Stmt> = Vec::new();
        for alternative in alternatives.into_iter().rev() {
            let span = self.span(alternative);
            otherwise = match alternative.kind() {
                "elif_clause" => {
                    let condition = self.field(alternative, "condition");
                    let then = self.block(alternative, "consequence");
                    vec![Stmt { span, kind: StmtKind::If { condition, then, otherwise } }]
                }
                _ => self.block(alternative, "body"),
            };
        }
        StmtKind::If { condition, then, otherwise }
    }

    fn function(&mut self, node: Node<'_>) -> Option<Arc<Function>> {
        let name = self.name(node.child_by_field_name("name")?);
        let parameters = node.child_by_field_name("parameters").map_or_else(Vec::new, |p| self.parameters(p));
        let body = node.child_by_field_name("body").map_or_else(Vec::new, |b| self.body(b, false));
        Some(Arc::new(Function { span: self.span(node), name: Some(name), parameters, body: Body::Block(body) }))
    }

    /// `@define_railway` on a function is the module's default export; another decorator isn't known.
    fn decorated(&mut self, node: Node<'_>) -> StmtKind {
        let span = self.span(node);
        let definition = node.child_by_field_name("definition").filter(|d| d.kind() == "function_definition");
        let decorators: Vec<Node<'_>> = self.children(node).into_iter().filter(|c| c.kind() == "decorator").collect();
        let (Some(definition), [decorator]) = (definition, decorators.as_slice()) else {
            return StmtKind::Other("decorated_definition");
        };
        let Some(decorator) = self.children(*decorator).first().map(|d| self.expr(*d)) else {
            return StmtKind::Other("decorated_definition");
        };
        match self.function(definition) {
            Some(function) => {
                let program = Expr { span: function.span, kind: ExprKind::Function(function) };
                StmtKind::ExportDefault(call(decorator, vec![program], span))
            }
            None => StmtKind::Other("decorated_definition"),
        }
    }

    fn import_from(&mut self, node: Node<'_>) -> StmtKind {
        let Some(module) = node.child_by_field_name("module_name") else {
            return StmtKind::Other("import_from_statement");
        };
        let written = self.text(module);
        let dots = written.chars().take_while(|c| *c == '.').count();
        let path = written.trim_start_matches('.').replace('.', "/");
        let from = match dots {
            // What lies beside the file is imported by its name, packages too.
            0 => written.to_owned(),
            1 => format!("./{path}"),
            up => format!("{}{path}", "../".repeat(up - 1)),
        };
        let from = Name { text: from.into(), span: self.span(module) };
        let mut cursor = node.walk();
        let names: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
        let bindings = names.into_iter().filter_map(|name| self.imported(name)).collect();
        StmtKind::Import(Import { from, bindings })
    }

    fn imported(&mut self, node: Node<'_>) -> Option<(Imported, Name)> {
        let (outside, local) = match node.kind() {
            "aliased_import" => (node.child_by_field_name("name")?, node.child_by_field_name("alias")?),
            _ => (node, node),
        };
        Some((Imported::Name(self.text(outside).into()), self.name(local)))
    }

    fn import(&mut self, node: Node<'_>) -> Vec<StmtKind> {
        let mut cursor = node.walk();
        let names: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
        let mut all = Vec::new();
        for name in names {
            let (module, local) = match name.kind() {
                "aliased_import" => (name.child_by_field_name("name"), name.child_by_field_name("alias")),
                _ => (Some(name), Some(name)),
            };
            let (Some(module), Some(local)) = (module, local) else { continue };
            let from = self.name(module);
            all.push(StmtKind::Import(Import { from, bindings: vec![(Imported::Namespace, self.name(local))] }));
        }
        all
    }
}

/// Names that are set in these statements, functions in them left out.
fn assigned(statements: &[Stmt], names: &mut Vec<Name>) {
    let mut add = |name: &Name| {
        if !names.iter().any(|n| n.text == name.text) {
            names.push(name.clone());
        }
    };
    for statement in statements {
        match &statement.kind {
            StmtKind::Expression(Expr { kind: ExprKind::Assign { target, .. }, .. }) => {
                if let ExprKind::Name(text) = &target.kind {
                    add(&Name { text: text.clone(), span: target.span });
                }
            }
            StmtKind::Expression(Expr { kind: ExprKind::AssignPattern(pattern, _), .. }) => {
                in_pattern(pattern, &mut add);
            }
            StmtKind::If { then, otherwise, .. } => {
                let mut inner = Vec::new();
                assigned(then, &mut inner);
                assigned(otherwise, &mut inner);
                inner.iter().for_each(&mut add);
            }
            StmtKind::For { body, .. } | StmtKind::Block(body) | StmtKind::Try { body, .. } => {
                let mut inner = Vec::new();
                assigned(body, &mut inner);
                inner.iter().for_each(&mut add);
            }
            _ => {}
        }
    }
}

fn in_pattern(pattern: &Pattern, add: &mut impl FnMut(&Name)) {
    match pattern {
        Pattern::Name(name) => add(name),
        Pattern::Array { members, .. } => members.iter().flatten().for_each(|(inner, _)| in_pattern(inner, add)),
        _ => {}
    }
}
