import ArgumentParser
import Switchboard

/// The file of settings.
package struct ConfigurationOptions: ParsableArguments {
    @Option(
        Setting(
            "config",
            "CONFIG",
            isPath: true,
            """
            YAML file with settings, whose keys are options without hyphens: port: 5000. The command line and the environment \
            override it.
            """
        ),
        valueName: "file"
    )
    var config: Setting<String>

    package init() {}
}
