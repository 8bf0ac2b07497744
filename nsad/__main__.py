"""The command `nsad`, also as `python -m nsad`. It imports the rest only when it runs, so that
Ctrl-C ends it in one line while it still loads.
"""
import sys


def main():
    "Entry point of the command."
    try:
        from nsad.cli import main as command
    except KeyboardInterrupt:
        print("nsad: stopped by Ctrl-C", file=sys.stderr)
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
