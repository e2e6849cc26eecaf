//! A script: calls in order, names bound to values, expectations, and marks for teaching.

use std::collections::BTreeMap;
use std::convert::Infallible;

use uvmscope_uvm::{Call, Config, Errno, Vm};

/// A number, or a sum of numbers and bound names. Sums wrap at 2^64, as the kernel's do.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expr {
    /// A number.
    Number(u64),
    /// The value of a bound name.
    Name(String),
    /// `a + b`
    Plus(Box<Expr>, Box<Expr>),
    /// `a - b`
    Minus(Box<Expr>, Box<Expr>),
}

impl Expr {
    /// The value, or the first name in it that is not set.
    pub fn value<'a>(&'a self, names: &BTreeMap<String, u64>) -> Result<u64, &'a str> {
        match self {
            Self::Number(n) => Ok(*n),
            Self::Name(name) => names.get(name).copied().ok_or(name),
            Self::Plus(a, b) => Ok(a.value(names)?.wrapping_add(b.value(names)?)),
            Self::Minus(a, b) => Ok(a.value(names)?.wrapping_sub(b.value(names)?)),
        }
    }
}

impl From<u64> for Expr {
    fn from(n: u64) -> Self {
        Self::Number(n)
    }
}

/// What a call is expected to answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Expect {
    /// `= VALUE`: success, with this value (0, or an address from mmap).
    Value(u64),
    /// `= -1 ERRNO`
    Errno(Errno),
}

/// A call as it stands in a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallLine {
    /// The call, its numbers still expressions.
    pub call: Call<Expr>,
    /// The answer that the script expects.
    pub expect: Option<Expect>,
    /// Written as a line of an address space listing, `map …`, not as a call; it sets the map up.
    pub listed: bool,
    /// `@mark name "what to notice"` before the call.
    pub mark: Option<(String, String)>,
    /// `@ask "question"` before the call.
    pub ask: Option<String>,
}

impl From<Call> for CallLine {
    /// A call with nothing said about it.
    fn from(call: Call) -> Self {
        let call = match call.try_map(|n| Ok::<_, Infallible>(Expr::Number(*n))) {
            Ok(call) => call,
            Err(never) => match never {},
        };
        Self { call, expect: None, listed: false, mark: None, ask: None }
    }
}

/// What a statement does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Binds the name to a value.
    Let(Expr),
    /// Makes a call; the name, if any, is bound to what it returns.
    Call(CallLine),
}

/// One statement of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The name it binds; always there for [`Body::Let`].
    pub name: Option<String>,
    /// What it does.
    pub body: Body,
    /// Line of the text it stands on, from 1.
    pub line: u32,
}

/// A script, read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Script {
    /// `# case ID`: the name of the corpus case it was made from.
    pub case: Option<String>,
    /// The kernel that the script asks for.
    pub config: Config,
    /// The address space and limits it runs under.
    pub vm: Vm,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

impl Script {
    /// A script that makes these calls, each on a line of its own.
    pub fn of_calls(calls: impl IntoIterator<Item = impl Into<CallLine>>) -> Self {
        let statement = |(line, call)| Statement { name: None, body: Body::Call(call), line };
        let lines = calls.into_iter().map(Into::into);
        let statements = (1..=u32::MAX).zip(lines).map(statement).collect();
        Self { statements, ..Self::default() }
    }

    /// The calls, in order; their ordinals from 1 are how places name them.
    pub fn calls(&self) -> impl Iterator<Item = (&Statement, &CallLine)> {
        self.statements.iter().filter_map(|s| match &s.body {
            Body::Call(call) => Some((s, call)),
            Body::Let(_) => None,
        })
    }
}
