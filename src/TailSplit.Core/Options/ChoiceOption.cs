using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Options;

/// <summary>An option with a few named values.</summary>
public abstract class ChoiceOption(string name, PolicyKind? kind) : PolicyOption(name, kind)
{
    /// <summary>The values, for a sentence: 'mark', 'route'.</summary>
    public abstract string Known { get; }

    /// <summary>The value as labels and files write it.</summary>
    public abstract string TextOf(Policy policy);

    /// <summary>The policy with the value of a text; null if the text names none.</summary>
    public abstract Policy? On(Policy policy, string text);
}

/// <inheritdoc/>
/// <param name="name">The name of the parameter.</param>
/// <param name="kind">The kind of policy that has it; null for both.</param>
/// <param name="get">Its value.</param>
/// <param name="set">The policy with another value.</param>
public sealed class ChoiceOption<T>(
    string name, PolicyKind? kind, Func<Policy, T> get, Func<Policy, T, Policy> set) : ChoiceOption(name, kind)
    where T : struct, Enum
{
    /// <summary>Values that need not be stated, besides the first of the enumeration.</summary>
    public T? Usual { get; init; }

    public override string Known => ChoiceText.List<T>();

    public override string TextOf(Policy policy) => ChoiceText.Of(get(policy));

    public override Policy? On(Policy policy, string text) =>
        ChoiceText.TryParse(text, out T value) ? set(policy, value) : null;

    public override bool IsDefault(Policy policy) =>
        EqualityComparer<T>.Default.Equals(get(policy), default)
            || EqualityComparer<T?>.Default.Equals(get(policy), Usual);

    public override string Show(Policy policy) => get(policy).ToString();
}
