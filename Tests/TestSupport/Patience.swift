/// How long tests wait for what must happen: longer than a busy machine takes, since tests run side by side.
package enum Patience {
    /// For one event, in seconds.
    package static let seconds = 300

    /// For a test, in minutes.
    package static let minutes = 10
}
