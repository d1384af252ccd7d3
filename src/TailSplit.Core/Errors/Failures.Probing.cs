using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of a probe.</summary>
public static partial class Failures
{
    public static Failure InvalidProbeTarget(string text) => new(
        nameof(InvalidProbeTarget), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' is not the address of one machine.",
        "Give -ProbeTarget single addresses, for example 1.1.1.1 or 2606:4700:4700::1111.", text);

    public static Failure ProbeFailed(string step, string details) => new(
        nameof(ProbeFailed), FailureKind.InvalidOperation,
        $"The probe could not start: '{step}' says: {QuotedText.Whole(details)}",
        "It left nothing behind. Run the command by hand to see why it fails.", step);
}
