using TailSplit.Core.Trust;

namespace TailSplit.Core.Services;

/// <summary>Why an installed unit will fail at boot, or must not run.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Detail">The problem as a sentence that names the unit and the path.</param>
public sealed record UnitTrouble(UnitTroubleKind Kind, string Detail)
{
    /// <summary>The problem of a path that a unit starts or loads; null for none.</summary>
    public static UnitTrouble? Of(string unit, string path, FileTrust trust) => trust.State switch
    {
        FileTrustState.Missing => new(
            UnitTroubleKind.WillFail, $"{unit} will fail: it needs {path}, but {trust.Reason}."),
        FileTrustState.Untrusted => new(
            UnitTroubleKind.Untrusted, $"{unit} runs {path} as root, but {trust.Reason}."),
        FileTrustState.Unseen => new(
            UnitTroubleKind.Unseen, $"{unit} needs {path}, but {trust.Reason}."),
        _ when LastingPath.IsTemporary(path) => new(
            UnitTroubleKind.WillFail, $"{unit} will fail: it needs {path}, which is in a folder for temporary files."),
        _ when LastingPath.NamesVersion(path) => new(
            UnitTroubleKind.Impermanent, $"{unit} needs {path}, which the next update removes."),
        _ => null,
    };

    public static UnitTrouble Disabled(string unit) => new(
        UnitTroubleKind.Disabled, $"{unit} is not enabled, so systemd does not start it.");

    /// <summary>The shim of a .NET tool finds no dotnet.</summary>
    public static UnitTrouble WithoutDotnet(string unit, string shim) => new(
        UnitTroubleKind.WillFail, $"{unit} will fail: {shim} is a .NET tool, and the unit's PATH has no dotnet.");
}
