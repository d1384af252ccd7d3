using TailSplit.Core.Model;

namespace TailSplit.Core.Options;

/// <summary>
/// One option of a policy: its names everywhere, and its value in a policy. Parameters, labels, policy files and
/// messages derive from it.
/// </summary>
/// <param name="name">The name of the parameter, <c>AllowDestination</c>.</param>
/// <param name="kind">The kind of policy that has it; null for both.</param>
public abstract class PolicyOption(string name, PolicyKind? kind)
{
    /// <summary>The name of the parameter, without the dash.</summary>
    public string Name => name;

    /// <summary>The kind of policy that has it; null for both.</summary>
    public PolicyKind? Kind => kind;

    /// <summary>The label of a network, <c>tailsplit.allow-destination</c>.</summary>
    public string Label { get; } = "tailsplit." + string.Concat(
        name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $"-{letter}" : $"{letter}")).ToLowerInvariant();

    /// <summary>The field of a policy file, <c>allowDestination</c>.</summary>
    public string Field { get; } = char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>
    /// What stands before the value in <see cref="Rules.OptionsDigest"/>; null for an option that the digest has always
    /// had in a place of its own.
    /// </summary>
    public string? DigestWord { get; init; }

    public bool IsOf(PolicyKind other) => (kind ?? other) == other;

    /// <summary>Whether a policy has the value that it has without the option.</summary>
    public abstract bool IsDefault(Policy policy);

    /// <summary>The value for a person: <c>True</c>, <c>Reject</c>, <c>10.0.0.0/8, fd00::/8</c>.</summary>
    public abstract string Show(Policy policy);

    /// <summary>The value as <see cref="Rules.OptionsDigest"/> has it.</summary>
    public virtual string Digested(Policy policy) => Show(policy);

    /// <summary>What follows the name of the parameter in a command: nothing for a switch.</summary>
    public virtual string Argument(Policy policy) => " " + Show(policy);
}
