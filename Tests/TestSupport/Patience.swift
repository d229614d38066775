/// The time that tests wait for an event.
///
/// It is long, because tests run in parallel, on machines that may be busy.
package enum Patience {
    /// The time for one event, in seconds.
    package static let seconds = 300

    /// The time limit of a test, in minutes.
    package static let minutes = 10
}
