//! Types by themselves: which converts to which, the one that several convert to, and which can't be equal.

use indexmap::IndexMap;

use crate::expr::Type;
use crate::source::Text;

/// Types nested deeper than this are taken as they are.
const DEPTH: usize = 100;

/// Whether a value of one type may have a form of the other. `unsafely`: where it depends on the value
/// (`"12"` to a number) too.
pub fn converts(from: &Type, to: &Type, unsafely: bool) -> bool {
    converts_at(from, to, unsafely, 0)
}

fn converts_at(from: &Type, to: &Type, unsafely: bool, depth: usize) -> bool {
    use Type::{Any, Bool, List, Map, Number, Object, Set, String, Tuple};
    if depth > DEPTH {
        return true;
    }
    let inner = |a: &Type, b: &Type| converts_at(a, b, unsafely, depth + 1);
    match (from, to) {
        (Any, _) | (_, Any) | (String, String) | (Number, Number) | (Bool, Bool) | (Number | Bool, String) => true,
        (String, Number | Bool) => unsafely,
        (List(a) | Set(a), List(b) | Set(b)) | (Map(a), Map(b)) => inner(a, b),
        // Elements of any type, but of one.
        (Tuple(items), List(b) | Set(b)) if **b == Any => items.is_empty() || unify_at(items, depth + 1).is_some(),
        (Object(fields), Map(b)) if **b == Any => {
            fields.is_empty() || unify_at(&fields.values().cloned().collect::<Vec<_>>(), depth + 1).is_some()
        }
        (Tuple(items), List(b) | Set(b)) => items.iter().all(|a| inner(a, b)),
        (Tuple(a), Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| inner(a, b)),
        (Object(fields), Map(b)) => fields.values().all(|a| inner(a, b)),
        (Map(a), Object(fields)) => unsafely && fields.values().all(|b| inner(a, b)),
        (Object(a), Object(b)) => b.iter().all(|(k, t)| a.get(k).is_some_and(|f| inner(f, t))),
        _ => false,
    }
}

/// The type that all of them convert to, as Terraform chooses it for elements of lists and maps and for the
/// results of a conditional; `Any` where one of them isn't known; `None` where there is none.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_at(types, 0)
}

#[derive(Default)]
struct Kinds {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    any: usize,
}

impl Kinds {
    fn of(types: &[Type]) -> Self {
        let mut kinds = Kinds::default();
        for ty in types {
            match ty {
                Type::Any => kinds.any += 1,
                Type::Map(_) => kinds.maps += 1,
                Type::List(_) => kinds.lists += 1,
                Type::Set(_) => kinds.sets += 1,
                Type::Object(_) => kinds.objects += 1,
                Type::Tuple(_) => kinds.tuples += 1,
                Type::String | Type::Number | Type::Bool => {}
            }
        }
        kinds
    }
}

fn unify_at(types: &[Type], depth: usize) -> Option<Type> {
    let first = types.first()?;
    if depth > DEPTH || types.iter().all(|t| t == first) {
        return Some(first.clone());
    }
    let kinds = Kinds::of(types);
    let all = |n: usize| n > 0 && n + kinds.any == types.len();
    let known: Vec<&Type> = types.iter().filter(|t| **t != Type::Any).collect();
    let next = depth + 1;
    if all(kinds.maps) {
        return elements(&known, next).map(|t| Type::Map(Box::new(t)));
    }
    if all(kinds.lists) {
        return elements(&known, next).map(|t| Type::List(Box::new(t)));
    }
    if all(kinds.sets) {
        return elements(&known, next).map(|t| Type::Set(Box::new(t)));
    }
    if kinds.maps > 0
        && all(kinds.maps + kinds.objects)
        && let Some(element) = elements(&known, next)
    {
        return Some(Type::Map(Box::new(element)));
    }
    if kinds.lists > 0
        && all(kinds.lists + kinds.tuples)
        && let Some(element) = elements(&known, next)
    {
        return Some(Type::List(Box::new(element)));
    }
    if all(kinds.objects) {
        return objects(&known, next);
    }
    if all(kinds.tuples) {
        return tuples(&known, next);
    }
    if kinds.objects > 0 && kinds.tuples > 0 {
        return None;
    }
    preferred(&known)
}

/// The types of the elements of collections, tuples and objects, made one.
fn elements(types: &[&Type], depth: usize) -> Option<Type> {
    let mut inner: Vec<Type> = Vec::new();
    for ty in types {
        match ty {
            Type::List(t) | Type::Set(t) | Type::Map(t) => inner.push((**t).clone()),
            Type::Tuple(items) => inner.extend(items.iter().cloned()),
            Type::Object(fields) => inner.extend(fields.values().cloned()),
            _ => return None,
        }
    }
    inner.retain(|t| *t != Type::Any);
    if inner.is_empty() { Some(Type::Any) } else { unify_at(&inner, depth) }
}

/// Objects of the same attributes give such an object, others a map.
fn objects(types: &[&Type], depth: usize) -> Option<Type> {
    let fields: Vec<&IndexMap<Text, Type>> =
        types.iter().filter_map(|t| if let Type::Object(f) = t { Some(f) } else { None }).collect();
    let first = fields.first()?;
    if fields.iter().any(|f| f.len() != first.len() || !f.keys().all(|k| first.contains_key(k))) {
        return elements(types, depth).map(|t| Type::Map(Box::new(t)));
    }
    let one = |name: &Text| {
        let across: Vec<Type> = fields.iter().filter_map(|f| f.get(name).cloned()).collect();
        Some((name.clone(), unify_at(&across, depth)?))
    };
    Some(Type::Object(first.keys().map(one).collect::<Option<_>>()?))
}

/// Tuples of the same length give such a tuple, others a list.
fn tuples(types: &[&Type], depth: usize) -> Option<Type> {
    let items: Vec<&Vec<Type>> =
        types.iter().filter_map(|t| if let Type::Tuple(i) = t { Some(i) } else { None }).collect();
    let first = items.first()?;
    if items.iter().any(|i| i.len() != first.len()) {
        return elements(types, depth).map(|t| Type::List(Box::new(t)));
    }
    let one = |at: usize| {
        let across: Vec<Type> = items.iter().filter_map(|i| i.get(at).cloned()).collect();
        unify_at(&across, depth)
    };
    Some(Type::Tuple((0..first.len()).map(one).collect::<Option<_>>()?))
}

/// The first, most general first, that all others convert to.
fn preferred(types: &[&Type]) -> Option<Type> {
    // Of a set and a list, the list.
    let listed = |a: &Type, b: &Type| matches!((a, b), (Type::Set(_), Type::List(_)));
    let safely_to = |a: &Type, b: &Type| {
        a != b && converts(a, b, false) && (listed(a, b) || !converts(b, a, false)) && !listed(b, a)
    };
    let mut order: Vec<&Type> = types.to_vec();
    let lists = types.iter().any(|t| matches!(t, Type::List(_)));
    // Stable: what converts safely to another comes after it, and a set after every list, whatever is in it.
    order.sort_by_key(|a| (lists && matches!(a, Type::Set(_)), types.iter().filter(|b| safely_to(a, b)).count()));
    order.into_iter().find(|wanted| types.iter().all(|t| *t == *wanted || converts(t, wanted, true))).cloned()
}

/// What two descriptions of one type say together: where one says `Any`, the other's.
pub fn merged(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (Type::Any, other) | (other, Type::Any) => other.clone(),
        (Type::List(a), Type::List(b)) => Type::List(Box::new(merged(a, b))),
        (Type::Set(a), Type::Set(b)) => Type::Set(Box::new(merged(a, b))),
        (Type::Map(a), Type::Map(b)) => Type::Map(Box::new(merged(a, b))),
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            Type::Tuple(a.iter().zip(b).map(|(a, b)| merged(a, b)).collect())
        }
        (Type::Object(a), Type::Object(b)) if a.len() == b.len() => Type::Object(
            a.iter().map(|(k, t)| (k.clone(), b.get(k).map_or_else(|| t.clone(), |o| merged(t, o)))).collect(),
        ),
        _ => a.clone(),
    }
}

/// Whether nothing in it is `Any`.
pub fn is_complete(ty: &Type) -> bool {
    match ty {
        Type::Any => false,
        Type::String | Type::Number | Type::Bool => true,
        Type::List(t) | Type::Set(t) | Type::Map(t) => is_complete(t),
        Type::Tuple(items) => items.iter().all(is_complete),
        Type::Object(fields) => fields.values().all(is_complete),
    }
}

/// Whether they are certainly two types, so that no values of them are equal.
pub fn differ(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Any, _) | (_, Type::Any) => false,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => differ(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => a.len() != b.len() || a.iter().zip(b).any(|(a, b)| differ(a, b)),
        (Type::Object(a), Type::Object(b)) => {
            a.len() != b.len() || a.iter().any(|(k, t)| b.get(k).is_none_or(|o| differ(t, o)))
        }
        _ => a != b,
    }
}
