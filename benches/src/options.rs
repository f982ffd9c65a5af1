//! What a bench is asked for on its command line.

use std::error::Error;

/// The options that all benches take.
pub struct Options {
    /// The size of a corpus or an input.
    pub mebibytes: usize,
    /// How often everything is measured.
    pub rounds: usize,
    /// What to measure; everything where nothing is said.
    pub only: Option<String>,
}

impl Options {
    /// Reads `--mb N`, `--rounds N` and `--only NAME`.
    ///
    /// # Errors
    /// Another option, or one without its value.
    pub fn read(mebibytes: usize, rounds: usize) -> Result<Self, Box<dyn Error>> {
        let mut options = Self { mebibytes, rounds, only: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--mb" => options.mebibytes = value.parse()?,
                "--rounds" => options.rounds = value.parse()?,
                "--only" => options.only = Some(value),
                _ => return Err(format!("{name} is not known: --mb N, --rounds N or --only NAME").into()),
            }
        }
        Ok(options)
    }

    /// Whether a suite, a format or a peer of this name is to be measured.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }
}
