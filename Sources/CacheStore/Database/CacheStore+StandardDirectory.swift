extension CacheStore {
    /// Where the cache lies unless the user says otherwise: `LARDER_CACHE`, else `$XDG_CACHE_HOME/larder`, else `~/.cache/larder`. An
    /// `XDG_CACHE_HOME` that is no absolute path counts as unset (XDG Base Directory Specification).
    ///
    /// - Parameter variable: a variable of the environment; nil where it is unset or empty.
    /// - Returns: nil where none of them is set.
    package static func standardDirectory(variable: (String) -> String?) -> String? {
        if let directory = variable("LARDER_CACHE") { return directory }
        if let base = variable("XDG_CACHE_HOME"), base.hasPrefix("/") { return base + "/larder" }
        return variable("HOME").map { $0 + "/.cache/larder" }
    }
}
