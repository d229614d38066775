/// The version of the package, in the one place that says it.
package enum PackageVersion {
    /// The version, by the rules of semver.org: it changes with each release, together with the heading in the change
    /// log.
    package static let current = "1.0.0"
}
