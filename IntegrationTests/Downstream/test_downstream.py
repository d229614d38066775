"""Builds and tests a copy of the example Hello outside the repository, then changes its spec.

    python3 IntegrationTests/Downstream/test_downstream.py [unittest options]
"""

import pathlib
import shutil
import tempfile
import unittest

from swiftpm import swift

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

HANDLER = """
import Switchboard

struct Parter: Hello.PartHandler {
    func handle(_ message: Hello.Part, context: Context) throws {
        context.logger.info("\\(message.reason)")
    }
}
"""

TRACED = """
import InMemoryTracing
import Switchboard
import SwitchboardTracing
import Tracing

@main
struct Main {
    static func main() async throws {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        var router = Router(Hello.self)
        router.use(.tracing())
        router.register(Greeter())
        router.register(Waver())
        let server = try Server(router, configuration: .init(port: 0))
        let running = Task { try await server.run() }
        var configuration = ClientConfiguration()
        configuration.useTracing()
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: server.listeningAddress.port,
            speaking: Hello.self,
            configuration: configuration
        )
        _ = try await client.request(Hello.Greet(name: "Ada", shouting: false))
        await client.close()
        running.cancel()
        try await running.value
        for span in tracer.finishedSpans {
            print(span.operationName, span.kind, span.traceID, span.spanID, span.parentSpanID ?? "none")
        }
    }
}
"""


class Downstream(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.package = pathlib.Path(cls.temporary.name) / "Hello"
        shutil.copytree(REPOSITORY / "Examples/Hello", cls.package, ignore=shutil.ignore_patterns(".build*"))
        manifest = cls.package / "Package.swift"
        manifest.write_text(manifest.read_text().replace('path: "../.."', f'path: "{REPOSITORY}"'))
        cls.spec = cls.package / "Sources/Hello/protocol.yaml"
        cls.original = cls.spec.read_text()
        cls.swift("build", "--build-tests")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def swift(cls, *arguments, fails=False):
        result = swift(*arguments, cwd=cls.package)
        assert (result.returncode != 0) == fails, result.stdout
        assert "warning:" not in result.stdout, result.stdout
        return result.stdout

    def tearDown(self):
        if not self.spec.exists() or self.spec.read_text() != self.original:
            self.spec.write_text(self.original)

    def test_its_tests_pass(self):
        self.assertIn("passed", self.swift("test", "--disable-xctest"))

    def test_the_new_build_system_builds_it(self):
        build = ["build", "--build-system", "swiftbuild", "--scratch-path", ".build-swiftbuild"]
        self.assertIn("Build complete!", self.swift(*build))
        self.check_objects(".build-swiftbuild")
        before = self.generated_files(".build-swiftbuild")
        self.add_part()
        self.swift(*build)
        after = self.generated_files(".build-swiftbuild")
        changed = {file.name for file, written in after.items() if before.get(file) != written}
        self.assertEqual(changed, {"Hello.protocol.swift", "Hello.Part.swift"})

    def test_a_build_does_not_build_the_program_of_the_command_plugin(self):
        self.check_objects(".build")

    def check_objects(self, folder):
        """Checks that `folder` has the objects of the package, and none of `switchboard`, whose source is in PythonVerb.swift."""
        names = {path.name.split(".")[0] for path in (self.package / folder).rglob("*.o")}
        self.assertIn("Greeter", names)
        self.assertNotIn("PythonVerb", names)

    def generated_files(self, folder=".build"):
        """Returns the generated files in `folder`, with the numbers and the times of each."""
        files = self.package.glob(f"{folder}/plugins/outputs/**/Hello.*.swift")
        return {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}

    def add_part(self):
        """Adds the message `Part` to the spec."""
        self.spec.write_text(
            self.original.replace(
                "\nenums:",
                "\n  Part:\n    code: 0x04\n    from: client\n    fields:\n"
                "      - { name: reason, type: string }\n\nenums:",
            )
        )

    def test_an_untouched_spec_is_left_alone(self):
        self.swift("build")
        before = self.generated_files()
        names = ["Greet", "Greeting", "Problem", "ProblemCode", "Wave", "protocol"]
        self.assertLessEqual({f"Hello.{name}.swift" for name in names}, {file.name for file in before})
        self.assertNotIn("Generating", self.swift("build"))
        self.assertEqual(self.generated_files(), before)

    def test_a_change_to_one_message_compiles_its_file_and_the_files_that_use_it(self):
        self.swift("build")
        files = self.generated_files()
        # The compiler writes the diagnostics of each file that it compiles, but leaves an object alone that would not change.
        diagnostics = {file: file.stat().st_mtime_ns for file in self.package.glob(".build/*/debug/Hello.build/*.dia")}
        self.spec.write_text(self.original.replace("name: from, type: string", "name: from, type: string, length: uint8"))
        self.swift("build")
        self.assertEqual(
            {file.name for file, before in files.items() if self.generated_files()[file] != before},
            {"Hello.Wave.swift", "Hello.protocol.swift"},
        )
        compiled = {file.stem for file, before in diagnostics.items() if file.stat().st_mtime_ns != before}
        self.assertLessEqual({"Hello.Wave", "Hello.protocol"}, compiled)
        others = {"Hello.Greet", "Hello.Greeting", "Hello.Problem", "Hello.ProblemCode", "Greeter"}
        self.assertTrue(compiled.isdisjoint(others), compiled)

    def test_a_message_that_is_added_can_be_handled_after_the_next_build(self):
        self.add_part()
        self.swift("build")
        self.assertEqual(len(self.sources_of_part()), 1)
        handler = self.package / "Sources/Hello/Parter.swift"
        handler.write_text(HANDLER)
        self.addCleanup(handler.unlink)
        self.swift("build")
        self.assertEqual(self.sources_of_part(), ["Hello.Part.swift"])
        # The files of the target are still the same, also that of the message.
        self.spec.write_text(self.original)
        handler.write_text("")
        self.swift("build")
        self.assertEqual(self.sources_of_part(), [])

    def sources_of_part(self):
        """Returns the names of the generated files that have the message `Part`."""
        return [file.name for file in self.generated_files() if "struct Part: " in file.read_text()]

    def test_without_its_trait_nats_is_not_linked_and_the_compiler_names_the_trait(self):
        self.assertEqual(list(self.package.glob(".build/*/debug/SwitchboardNATS.build/*.o")), [])
        manifest, original = self.package / "Package.swift", (self.package / "Package.swift").read_text()
        self.addCleanup(manifest.write_text, original)
        product = '.product(name: "Switchboard", package: "Switchboard")'
        manifest.write_text(original.replace(product, f'{product}, {product.replace("Switchboard", "SwitchboardNATS", 1)}', 1))
        joining = self.package / "Sources/Hello/Joining.swift"
        self.addCleanup(joining.unlink)
        joining.write_text("import SwitchboardNATS\n")
        self.swift("build")
        self.assertNotIn("-lnats", (self.package / ".build/debug.yaml").read_text())
        joining.write_text('import SwitchboardNATS\n\nlet backplane = try? NATSBackplane(url: "nats://localhost")\n')
        self.assertIn(
            "'NATSBackplane' is unavailable: depend on Switchboard with `traits: [\"NATS\"]`", self.swift("build", fails=True)
        )

    def test_without_its_trait_tracing_is_not_linked_and_the_compiler_names_the_trait(self):
        manifest, original = self.package / "Package.swift", (self.package / "Package.swift").read_text()
        self.addCleanup(manifest.write_text, original)
        product = '.product(name: "Switchboard", package: "Switchboard")'
        manifest.write_text(original.replace(product, f'{product}, {product.replace("Switchboard", "SwitchboardTracing", 1)}', 1))
        tracing = self.package / "Sources/Hello/Traced.swift"
        self.addCleanup(tracing.unlink)
        tracing.write_text("import SwitchboardTracing\n")
        self.swift("build")
        self.assertEqual(list(self.package.glob(".build/*/debug/Tracing.build/*.o")), [])
        tracing.write_text(
            "import Switchboard\nimport SwitchboardTracing\n\n"
            "func trace(_ router: inout Router, _ configuration: inout ClientConfiguration) {\n"
            "    router.use(.tracing())\n    configuration.useTracing()\n}\n"
        )
        output = self.swift("build", fails=True)
        for name in ("tracing(serverAddress:serverPort:)", "useTracing()"):
            self.assertIn(f"'{name}' is unavailable: depend on Switchboard with `traits: [\"Tracing\"]`", output)

    def test_with_the_trait_the_spans_of_a_program_are_related(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder) / "Hello"
            shutil.copytree(self.package, package, ignore=shutil.ignore_patterns(".build*", "Tests"))
            manifest, text = package / "Package.swift", (package / "Package.swift").read_text()
            switchboard, product = f'path: "{REPOSITORY}"', '.product(name: "Switchboard", package: "Switchboard")'
            tracing = "https://github.com/apple/swift-distributed-tracing"
            text = text[: text.index("        .testTarget(")] + "    ]\n)\n"
            text = text.replace(
                f"{switchboard})", f'{switchboard}, traits: ["Tracing"]),\n        .package(url: "{tracing}", from: "1.7.3")'
            )
            others = [product.replace("Switchboard", "SwitchboardTracing", 1)]
            others += [f'.product(name: "{name}", package: "swift-distributed-tracing")' for name in ("Tracing", "InMemoryTracing")]
            manifest.write_text(text.replace(product, ", ".join([product, *others])))
            spec = package / "Sources/Hello/protocol.yaml"
            traced = "".join(
                f'      - {{ name: {name}, type: "string?", length: uint8, trace: in-memory-{name}-id }}\n' for name in ("trace", "span")
            )
            lines = [line for line in self.original.splitlines(keepends=True) if "examples:" not in line and "frame: 48" not in line]
            spec.write_text("".join(line + traced if "name: shouting" in line else line for line in lines))
            (package / "Sources/Hello/Main.swift").write_text(TRACED)
            result = swift("run", cwd=package)
        self.assertEqual(result.returncode, 0, result.stdout)
        spans = [line for line in result.stdout.splitlines() if line.startswith("Hello/Greet")]
        self.assertEqual(
            spans, ["Hello/Greet server trace-1 span-2 span-1", "Hello/Greet client trace-1 span-1 none"], result.stdout
        )

    def test_mistakes_fail_the_build_each_at_its_line(self):
        lines = self.original.replace("type: bool", "type: boool").replace("code: 0x03", "code: 0x01").splitlines()
        self.spec.write_text("\n".join(lines) + "\n")
        output = self.swift("build", fails=True)
        for text, mistake in [("boool", "unknown type `boool`; did you mean `bool`?"), ("  Wave:", "0x01")]:
            (number,) = [number for number, line in enumerate(lines, 1) if text in line]
            number += 1 if text == "  Wave:" else 0
            (found,) = [line for line in output.splitlines() if f"protocol.yaml:{number}:" in line and "error:" in line]
            self.assertIn(mistake, found)

    def test_a_missing_spec_is_said_with_the_places_where_it_may_be(self):
        self.spec.unlink()
        output = self.swift("build", fails=True)
        self.assertIn(str(self.spec.resolve()), output)


if __name__ == "__main__":
    unittest.main()
