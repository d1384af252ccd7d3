using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

public static partial class Failures
{
    public static Failure MapNotWritten(string path, string reason) => new(
        nameof(MapNotWritten), FailureKind.InvalidOperation,
        $"The map could not be written to '{QuotedText.OneLine(path)}': {QuotedText.Whole(reason)}",
        "Give another -Path, or leave it out to see the map here.", path);
}
