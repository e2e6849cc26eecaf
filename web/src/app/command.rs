//! What a reader can do with the keyboard and with buttons; both are made from this one list.

/// A move over the timeline.
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
    PlayPause,
}

impl Command {
    pub(crate) const ALL: [Self; 9] = [
        Self::StepBack,
        Self::StepOn,
        Self::PreviousCall,
        Self::NextCall,
        Self::PreviousMark,
        Self::NextMark,
        Self::First,
        Self::Last,
        Self::PlayPause,
    ];

    /// The key that does it, as `KeyboardEvent.key` names it, and whether with Shift.
    pub(crate) const fn key(self) -> (&'static str, bool) {
        match self {
            Self::StepBack => ("ArrowLeft", false),
            Self::StepOn => ("ArrowRight", false),
            Self::PreviousCall => ("ArrowUp", false),
            Self::NextCall => ("ArrowDown", false),
            Self::PreviousMark => ("ArrowLeft", true),
            Self::NextMark => ("ArrowRight", true),
            Self::First => ("Home", false),
            Self::Last => ("End", false),
            Self::PlayPause => (" ", false),
        }
    }

    /// What a key does.
    pub(crate) fn from_key(key: &str, shift: bool) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.key() == (key, shift))
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
            Self::First => "Home",
            Self::Last => "End",
            Self::PlayPause => "Space",
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
            Self::PlayPause => "Play",
        }
    }

    /// The sign on a button.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::StepBack => "‹",
            Self::StepOn => "›",
            Self::PreviousCall => "«",
            Self::NextCall => "»",
            Self::PreviousMark => "◂",
            Self::NextMark => "▸",
            Self::First => "⇤",
            Self::Last => "⇥",
            Self::PlayPause => "▶",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn every_command_has_a_key_of_its_own() {
        for command in Command::ALL {
            let (key, shift) = command.key();
            assert_eq!(Command::from_key(key, shift), Some(command));
        }
        assert_eq!(Command::from_key("x", false), None);
    }
}
