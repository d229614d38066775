"""Checks how `switchboard` ends for wrong input."""


def expect_errors(test, run, cases):
    """Checks that each command line ends with its status, and prints one line, of an error with the expected text.

    `run` returns the exit status and what the command printed. A case has the words of a command line, the status and the text.
    """
    for words, expected, text in cases:
        with test.subTest(words=words):
            status, output, errors = run(*words)
            test.assertEqual((status, output, len(errors.splitlines())), (expected, "", 1), errors)
            test.assertTrue(errors.startswith("switchboard: error: "), errors)
            test.assertIn(text, errors)
