//! What a reader can do with the keyboard, with buttons and from the help; all three are made from
//! this one list.

/// Something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    StepBack,
    StepOn,
    PreviousCall,
    NextCall,
    PreviousMark,
    NextMark,
    First,
    Last,
    OverBack,
    Over,
    OutBack,
    Out,
    PlayPause,
    Slower,
    Faster,
    Why,
    WhyBack,
    Compare,
    Divergence,
    Fit,
    ZoomEntry,
    ZoomPage,
    Table,
    Edit,
    Gallery,
    Import,
    Share,
    Report,
    Undo,
    Redo,
    Help,
    Close,
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Move,
    Play,
    Ask,
    Look,
    Page,
}

impl Section {
    pub(crate) const ALL: [Self; 5] = [Self::Move, Self::Ask, Self::Play, Self::Look, Self::Page];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move through the run",
            Self::Ask => "Ask and compare",
            Self::Play => "Play",
            Self::Look => "Look closer",
            Self::Page => "Everything else",
        }
    }
}

/// A key as `KeyboardEvent.key` names it. Whether Shift is held matters only where a key gives the
/// same name with it and without.
type Key = (&'static str, bool);

impl Command {
    pub(crate) const ALL: [Self; 32] = [
        Self::StepBack,
        Self::StepOn,
        Self::PreviousCall,
        Self::NextCall,
        Self::PreviousMark,
        Self::NextMark,
        Self::First,
        Self::Last,
        Self::OverBack,
        Self::Over,
        Self::OutBack,
        Self::Out,
        Self::PlayPause,
        Self::Slower,
        Self::Faster,
        Self::Why,
        Self::WhyBack,
        Self::Compare,
        Self::Divergence,
        Self::Fit,
        Self::ZoomEntry,
        Self::ZoomPage,
        Self::Table,
        Self::Edit,
        Self::Gallery,
        Self::Import,
        Self::Share,
        Self::Report,
        Self::Undo,
        Self::Redo,
        Self::Help,
        Self::Close,
    ];

    pub(crate) const fn section(self) -> Section {
        match self {
            Self::StepBack
            | Self::StepOn
            | Self::PreviousCall
            | Self::NextCall
            | Self::PreviousMark
            | Self::NextMark
            | Self::First
            | Self::Last
            | Self::OverBack
            | Self::Over
            | Self::OutBack
            | Self::Out => Section::Move,
            Self::PlayPause | Self::Slower | Self::Faster => Section::Play,
            Self::Why | Self::WhyBack | Self::Compare | Self::Divergence => Section::Ask,
            Self::Fit | Self::ZoomEntry | Self::ZoomPage | Self::Table => Section::Look,
            Self::Edit
            | Self::Gallery
            | Self::Import
            | Self::Share
            | Self::Report
            | Self::Undo
            | Self::Redo
            | Self::Help
            | Self::Close => Section::Page,
        }
    }

    /// The key that does it.
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::StepBack => ("ArrowLeft", false),
            Self::StepOn => ("ArrowRight", false),
            Self::PreviousCall => ("ArrowUp", false),
            Self::NextCall => ("ArrowDown", false),
            Self::PreviousMark => ("ArrowLeft", true),
            Self::NextMark => ("ArrowRight", true),
            Self::First => ("Home", false),
            Self::Last => ("End", false),
            Self::OverBack => ("O", true),
            Self::Over => ("o", false),
            Self::OutBack => ("U", true),
            Self::Out => ("u", false),
            Self::PlayPause => (" ", false),
            Self::Slower => ("-", false),
            Self::Faster => ("+", false),
            Self::Why => ("w", false),
            Self::WhyBack => ("Backspace", false),
            Self::Compare => ("c", false),
            Self::Divergence => ("d", false),
            Self::Fit => ("f", false),
            Self::ZoomEntry => ("e", false),
            Self::ZoomPage => ("p", false),
            Self::Table => ("t", false),
            Self::Edit => ("s", false),
            Self::Gallery => ("g", false),
            Self::Import => ("i", false),
            Self::Share => ("l", false),
            Self::Report => ("b", false),
            Self::Undo => ("z", false),
            Self::Redo => ("Z", true),
            Self::Help => ("?", false),
            Self::Close => ("Escape", false),
        }
    }

    /// What a key does.
    pub(crate) fn from_key(key: &str, shift: bool) -> Option<Self> {
        // A sign or a capital says by itself that Shift was held, on whatever keyboard.
        let named = key.chars().count() > 1 || key == " ";
        Self::ALL.into_iter().find(|command| {
            let (own, with_shift) = command.key();
            own == key && (!named || with_shift == shift)
        })
    }

    /// The key as it stands on a keyboard.
    pub(crate) const fn keycap(self) -> &'static str {
        match self {
            Self::StepBack => "←",
            Self::StepOn => "→",
            Self::PreviousCall => "↑",
            Self::NextCall => "↓",
            Self::PreviousMark => "⇧←",
            Self::NextMark => "⇧→",
            Self::PlayPause => "Space",
            Self::OverBack => "⇧O",
            Self::Over => "O",
            Self::OutBack => "⇧U",
            Self::Out => "U",
            Self::Slower => "−",
            Self::Why => "W",
            Self::WhyBack => "⌫",
            Self::Compare => "C",
            Self::Divergence => "D",
            Self::Fit => "F",
            Self::ZoomEntry => "E",
            Self::ZoomPage => "P",
            Self::Table => "T",
            Self::Edit => "S",
            Self::Gallery => "G",
            Self::Import => "I",
            Self::Share => "L",
            Self::Report => "B",
            Self::Undo => "Z",
            Self::Redo => "⇧Z",
            Self::Close => "Esc",
            _ => self.key().0,
        }
    }

    /// What it does, as the name of a button.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::StepBack => "Step back",
            Self::StepOn => "Step",
            Self::PreviousCall => "Previous call",
            Self::NextCall => "Next call",
            Self::PreviousMark => "Previous mark",
            Self::NextMark => "Next mark",
            Self::First => "To the beginning",
            Self::Last => "To the end",
            Self::OverBack => "Step back over what a function did",
            Self::Over => "Step over what a function does",
            Self::OutBack => "Step back out of the function",
            Self::Out => "Step out of the function",
            Self::PlayPause => "Play",
            Self::Slower => "Slower",
            Self::Faster => "Faster",
            Self::Why => "Why is it so?",
            Self::WhyBack => "Back to where you asked",
            Self::Compare => "Compare two kernels",
            Self::Divergence => "To where they part",
            Self::Fit => "Fit the whole map",
            Self::ZoomEntry => "Zoom to the entry in hand",
            Self::ZoomPage => "Zoom to the page in hand",
            Self::Table => "The map as a table",
            Self::Edit => "Edit the script",
            Self::Gallery => "Other scenarios",
            Self::Import => "Import a script or trace",
            Self::Share => "Share this",
            Self::Report => "Copy as a bug report",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Help => "Help",
            Self::Close => "Close",
        }
    }

    /// The sign on a button.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::StepBack => "‹",
            Self::StepOn => "›",
            Self::PreviousCall => "«",
            Self::NextCall => "»",
            Self::First => "⇤",
            Self::Last => "⇥",
            Self::PlayPause => "▶",
            Self::Undo => "↶",
            Self::Redo => "↷",
            Self::Help => "?",
            Self::Close => "×",
            Self::Slower => "−",
            Self::Faster => "+",
            _ => self.label(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Section};

    #[test]
    fn every_command_has_a_key_of_its_own() {
        for command in Command::ALL {
            let (key, shift) = command.key();
            assert_eq!(Command::from_key(key, shift), Some(command));
        }
        assert_eq!(Command::from_key("x", false), None);
        assert_eq!(Command::from_key("?", true), Some(Command::Help));
        assert_eq!(Command::from_key("ArrowUp", true), None);
    }

    #[test]
    fn the_help_names_every_command_once() {
        let told = Section::ALL.map(|s| Command::ALL.iter().filter(|c| c.section() == s).count());
        assert_eq!(told.iter().sum::<usize>(), Command::ALL.len());
        for (n, command) in Command::ALL.iter().enumerate() {
            assert_eq!(Command::ALL.iter().position(|c| c.label() == command.label()), Some(n));
            assert_eq!(Command::ALL.iter().position(|c| c.keycap() == command.keycap()), Some(n));
        }
    }
}
