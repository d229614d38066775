import NET001
import ServiceLifecycle
import Switchboard
import UnixSignals

/// Reads certificates and credentials again on SIGHUP.
///
/// If that fails, the old ones stay in use.
struct Reloading: Service {
    let server: Server
    let credentials: CredentialFile
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                try server.reloadCertificates()
                try credentials.reload()
                logger.info("reloaded", metadata: ["users": "\(credentials.userCount)"])
            } catch {
                logger.error("not reloaded", metadata: ["reason": "\(error)"])
            }
        }
    }
}
