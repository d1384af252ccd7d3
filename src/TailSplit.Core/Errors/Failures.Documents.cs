using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of files with policies.</summary>
public static partial class Failures
{
    public static Failure MalformedPolicyFile(string path, int line, int column, string reason) => new(
        nameof(MalformedPolicyFile), FailureKind.InvalidData,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{QuotedText.OneLine(path)}, line {line}, column {column}: this is not JSON: {QuotedText.Whole(reason)}"),
        "Nothing was changed. Fix the file there, or write it again with Export-TailSplitPolicy.", path);

    public static Failure PolicyFileTooLarge(string path, string limit) => new(
        nameof(PolicyFileTooLarge), FailureKind.InvalidData,
        $"{QuotedText.OneLine(path)} has more than {limit}, which is too large for a policy file.",
        "Nothing was changed. Check that it is the right file.", path);

    public static Failure UnknownPolicyFileVersion(string path, string version) => new(
        nameof(UnknownPolicyFileVersion), FailureKind.InvalidData,
        $"{QuotedText.OneLine(path)} has the version {QuotedText.Of(version)}; this module reads version 1.",
        "Nothing was changed. Use the version of TailSplit that wrote it, or write it again with " +
        "Export-TailSplitPolicy.", path);

    public static Failure UnknownPolicyField(string path, string field, string known) => new(
        nameof(UnknownPolicyField), FailureKind.InvalidData,
        $"{QuotedText.OneLine(path)} has the field '{QuotedText.Of(field)}', which is unknown there. Known fields: " +
        $"{known}.",
        "Nothing was changed. Fix its name or remove it; docs/policy-file.md says what each is.", path);

    public static Failure InvalidPolicyField(string path, string field, string reason) => new(
        nameof(InvalidPolicyField), FailureKind.InvalidData,
        $"{QuotedText.OneLine(path)}, {QuotedText.Of(field)}: {reason}.",
        "Nothing was changed. docs/policy-file.md says what each field takes.", path);

    public static Failure DuplicatePolicy(string path, PolicyName name) => new(
        nameof(DuplicatePolicy), FailureKind.InvalidData,
        $"{QuotedText.OneLine(path)} has two policies of the name '{name}'.",
        "Nothing was changed. Rename or remove one of them.", path);

    public static Failure PolicyFileNotFound(string path) => new(
        nameof(PolicyFileNotFound), FailureKind.NotFound,
        $"There is no file {QuotedText.OneLine(path)}.",
        "Export-TailSplitPolicy -Path writes one.", path);

    public static Failure PolicyFileUnreadable(string path, string reason) => new(
        nameof(PolicyFileUnreadable), FailureKind.Unavailable,
        $"{QuotedText.OneLine(path)} can't be read: {QuotedText.Whole(reason)}",
        "Nothing was changed. Check that it is a file, and that you can read it: ls -l", path);

    public static Failure UntrustedPolicyFile(string path, string reason) => new(
        nameof(UntrustedPolicyFile), FailureKind.PermissionDenied,
        $"{QuotedText.OneLine(path)} is not trusted: {QuotedText.Whole(reason)}. Anyone who can change it could open " +
        "every network.",
        "Nothing was changed. Look through the file, then keep it where root owns the file and every folder above " +
        "it, and nobody else can write: for example in /etc/tailsplit, with mode 600.",
        path);

    public static Failure PolicyFileExists(string path) => new(
        nameof(PolicyFileExists), FailureKind.AlreadyExists,
        $"{QuotedText.OneLine(path)} exists already.",
        "Leave -NoClobber out to replace it.", path);

    public static Failure PolicyFileNotWritten(string path, string reason) => new(
        nameof(PolicyFileNotWritten), FailureKind.Unavailable,
        $"{QuotedText.OneLine(path)} can't be written: {QuotedText.Whole(reason)}",
        "The previous file is unchanged. Check that the folder exists, is writable and has free space.", path);
}
