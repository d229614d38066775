// A server with what its operators need.
//
//  1. ServerApplication   makes a server from its options, and runs it with its services. ServerSettings has what the options gave.
//  2. ServerOptions       are the options of the command line: Options/ has each group.
//  3. Settings/Setting    declares an option: its variable, key, range, default and help. SettingsFile reads a file of settings.
//     ConfigCommand       prints and checks settings.
//  4. Services/           runs beside the server: signals, reloading, the service manager.
//  5. Admin/              serves metrics, health and connections over HTTP; AdminActions acts on the server, as AdminAccess allows.
//  6. Commands/           are commands for operators of a running server: OperatorCommands lists them.
//  7. Logs/, Output/      write the log and the results of commands.
