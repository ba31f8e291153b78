//! Guards: small conditions over a case's counters and fields, such as `returns == 0 and not (class == 'urgent')`.

use std::{cmp::Ordering, fmt};

use crate::value::Value;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    source: String,
    root: Node,
}

/// A text that is not a guard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{source_text}` at character {at}: {expected}")]
pub struct GuardError {
    /// The guard as written.
    pub source_text: String,
    /// Where it goes wrong, in characters from 1.
    pub at: usize,
    /// What should stand there.
    pub expected: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Full(String),
    Compare(String, Comparison, Value),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Guard {
    /// Reads a guard.
    ///
    /// # Errors
    /// When the text is not a guard: says where and what should stand there.
    pub fn parse(source: &str) -> Result<Self, GuardError> {
        let mut parser = Parser { source, tokens: tokens(source)?, next: 0, depth: 0 };
        if parser.tokens.len() > LONGEST {
            return Err(error(source, 0, "the guard is too long: split the act into branches"));
        }
        let root = parser.or()?;
        if parser.next < parser.tokens.len() {
            return parser.fail("expected `and`, `or` or the end");
        }
        Ok(Self { source: source.to_owned(), root })
    }

    /// Whether it holds, where `value_of` gives the value of a name. A comparison of values of different kinds does not hold,
    /// except `!=`.
    pub fn holds(&self, value_of: &dyn Fn(&str) -> Value) -> bool {
        self.root.holds(value_of)
    }

    /// Each name that it asks for, with the value that it is compared with (none where it only has to be non-empty).
    pub fn names(&self) -> Vec<(&str, Option<&Value>)> {
        let mut names = Vec::new();
        self.root.names(&mut names);
        names
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Node {
    fn holds(&self, value_of: &dyn Fn(&str) -> Value) -> bool {
        match self {
            Self::Full(name) => value_of(name).is_full(),
            Self::Compare(name, comparison, with) => comparison.holds(&value_of(name), with),
            Self::Not(inner) => !inner.holds(value_of),
            Self::And(left, right) => left.holds(value_of) && right.holds(value_of),
            Self::Or(left, right) => left.holds(value_of) || right.holds(value_of),
        }
    }

    fn names<'n>(&'n self, names: &mut Vec<(&'n str, Option<&'n Value>)>) {
        match self {
            Self::Full(name) => names.push((name, None)),
            Self::Compare(name, _, with) => names.push((name, Some(with))),
            Self::Not(inner) => inner.names(names),
            Self::And(left, right) | Self::Or(left, right) => {
                left.names(names);
                right.names(names);
            }
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let ordering = match (left, right) {
            (Value::Number(left), Value::Number(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            _ => return self == Self::Unequal,
        };
        match self {
            Self::Equal => ordering == Ordering::Equal,
            Self::Unequal => ordering != Ordering::Equal,
            Self::Less => ordering == Ordering::Less,
            Self::LessOrEqual => ordering != Ordering::Greater,
            Self::Greater => ordering == Ordering::Greater,
            Self::GreaterOrEqual => ordering != Ordering::Less,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Name(String),
    Literal(Value),
    Comparison(Comparison),
    And,
    Or,
    Not,
    Open,
    Close,
}

const SIGNS: [(&str, Piece); 8] = [
    ("==", Piece::Comparison(Comparison::Equal)),
    ("!=", Piece::Comparison(Comparison::Unequal)),
    ("<=", Piece::Comparison(Comparison::LessOrEqual)),
    (">=", Piece::Comparison(Comparison::GreaterOrEqual)),
    ("<", Piece::Comparison(Comparison::Less)),
    (">", Piece::Comparison(Comparison::Greater)),
    ("(", Piece::Open),
    (")", Piece::Close),
];

/// The pieces of a guard, each with its byte offset.
fn tokens(source: &str) -> Result<Vec<(usize, Piece)>, GuardError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let run = |allowed: fn(char) -> bool| rest.find(|c| !allowed(c)).unwrap_or(rest.len());
        let (length, piece) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if let Some((sign, piece)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            (sign.len(), piece.clone())
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            let end = quoted.find('\'').ok_or_else(|| error(source, at, "the text has no closing `'`"))?;
            (end + 2, Piece::Literal(quoted[..end].into()))
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            let number: i64 = rest[..length].parse().map_err(|_| error(source, at, "the number is too large"))?;
            (length, Piece::Literal(number.into()))
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            (length, word(&rest[..length]))
        } else {
            return Err(error(source, at, "expected a name, a number, a 'text' or a comparison"));
        };
        tokens.push((at, piece));
        at += length;
    }
    Ok(tokens)
}

fn word(word: &str) -> Piece {
    match word {
        "and" => Piece::And,
        "or" => Piece::Or,
        "not" => Piece::Not,
        name => Piece::Name(name.to_owned()),
    }
}

fn error(source: &str, at: usize, expected: &'static str) -> GuardError {
    GuardError { source_text: source.to_owned(), at: source[..at].chars().count() + 1, expected }
}

/// More words and deeper nesting than any rule needs; they bound the stack.
const LONGEST: usize = 200;
const DEEPEST: usize = 32;

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<(usize, Piece)>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Node, GuardError> {
        let mut node = self.and()?;
        while self.take(&Piece::Or) {
            node = Node::Or(Box::new(node), Box::new(self.and()?));
        }
        Ok(node)
    }

    fn and(&mut self) -> Result<Node, GuardError> {
        let mut node = self.term()?;
        while self.take(&Piece::And) {
            node = Node::And(Box::new(node), Box::new(self.term()?));
        }
        Ok(node)
    }

    fn term(&mut self) -> Result<Node, GuardError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail("too deeply nested");
        }
        let node = if self.take(&Piece::Not) {
            Node::Not(Box::new(self.term()?))
        } else if self.take(&Piece::Open) {
            let inner = self.or()?;
            if !self.take(&Piece::Close) {
                return self.fail("expected `)`");
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, GuardError> {
        let Some((_, Piece::Name(name))) = self.tokens.get(self.next).cloned() else {
            return self.fail("expected the name of a counter or field");
        };
        self.next += 1;
        let Some((_, Piece::Comparison(comparison))) = self.tokens.get(self.next).cloned() else {
            return Ok(Node::Full(name));
        };
        self.next += 1;
        let Some((_, Piece::Literal(value))) = self.tokens.get(self.next).cloned() else {
            return self.fail("expected a number or a 'text'");
        };
        self.next += 1;
        Ok(Node::Compare(name, comparison, value))
    }

    fn take(&mut self, piece: &Piece) -> bool {
        let found = self.tokens.get(self.next).is_some_and(|(_, next)| next == piece);
        self.next += usize::from(found);
        found
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, GuardError> {
        let at = self.tokens.get(self.next).map_or(self.source.len(), |(at, _)| *at);
        Err(error(self.source, at, expected))
    }
}
