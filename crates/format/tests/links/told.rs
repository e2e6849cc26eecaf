//! What a link opens, in a line.

use uvmscope_format::kernel_spec;
use uvmscope_format::link::{Link, LinkScript};
use uvmscope_uvm::Config;

/// Script, kernels, place and view, with tabs between.
pub(crate) fn told(link: &Link) -> String {
    let script = match &link.script {
        LinkScript::Scenario(name) => format!("scenario {name}"),
        LinkScript::Text(text) => format!("script {:016x} of {} bytes", digest(text), text.len()),
    };
    let kernel = |config: Option<Config>| match config {
        None => "-".to_owned(),
        Some(config) if config.diagnostic => kernel_spec::print(config),
        Some(config) => format!("{} without DIAGNOSTIC", kernel_spec::print(config)),
    };
    let at = link.at.as_ref().map_or("-", |at| at.place());
    let second = link.at.as_ref().and_then(|at| at.second()).unwrap_or("-");
    let (view, kernels) = (&link.view, &link.kernels);
    let mut shown: Vec<String> = view.table.then(|| "table".to_owned()).into_iter().collect();
    shown.extend(view.tab.map(|tab| tab.name().to_owned()));
    shown.extend(view.theme.map(|theme| theme.name().to_owned()));
    shown.extend(view.zoom.map(|zoom| zoom.to_string()));
    shown.extend(view.marks.clone());
    let (first, compared) = (kernel(kernels.first), kernel(kernels.second));
    format!("{script}\t{first} | {compared}\t{at} | {second}\t[{}]", shown.join(" "))
}

/// FNV-1a: enough to see that a text is the one it was.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
