import Foundation
import TestSupport

extension TemporaryDirectory {
    /// The names in the directory, hidden ones included.
    var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
    }
}
