using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Errors;

/// <summary>Errors of a sync with labels of Docker networks or with a file.</summary>
public static partial class Failures
{
    public static Failure PolicyNotOwned(Policy existing, string origin) => new(
        nameof(PolicyNotOwned), FailureKind.AlreadyExists,
        $"The policy '{existing.Name}' was created {existing.Origin.Describe()}, not {origin}, and differs: it stays " +
        "as it is.",
        "Take it over with -Prune, or remove it: Remove-TailSplitPolicy " + existing.Name, existing.Name.ToString());

    public static Failure NetworkGone(Policy policy) => new(
        nameof(NetworkGone), FailureKind.NotFound,
        $"Docker has no network '{policy.Target.Network}', and no bridge or subnet of it is known: the " +
        $"{ChoiceText.Of(policy.Kind)} '{policy.Name}' can't be applied.",
        "Create the network first, or remove the policy from the file.", policy.Name.ToString());

    public static Failure UnknownLabel(DockerNetwork network, string label, string consequence) => new(
        nameof(UnknownLabel), FailureKind.InvalidArgument,
        $"The network '{QuotedText.Of(network.Name)}' has the label '{QuotedText.Of(label)}', which TailSplit does " +
        $"not know: {consequence}.",
        "Labels can't be changed: recreate the network with one of those in docs/labels.md.", network.Name);

    public static Failure InvalidLabel(DockerNetwork network, string label, string reason, string consequence) => new(
        nameof(InvalidLabel), FailureKind.InvalidArgument,
        $"The label '{QuotedText.Of(label)}' of the network '{QuotedText.Of(network.Name)}' can't be used: " +
        $"{QuotedText.Whole(reason)}: {consequence}.",
        "Labels can't be changed: recreate the network with the right one; docs/labels.md says what each takes.",
        network.Name);

    public static Failure MissingPolicyLabel(DockerNetwork network, string consequence) => new(
        nameof(MissingPolicyLabel), FailureKind.InvalidArgument,
        $"The network '{QuotedText.Of(network.Name)}' has TailSplit labels, but none of them names its policy: " +
        $"{consequence}.",
        "Recreate the network with tailsplit.policy=bypass or tailsplit.policy=killswitch.", network.Name);

    public static Failure LabelNamesAnotherNetwork(DockerNetwork network, string name, string consequence) => new(
        nameof(LabelNamesAnotherNetwork), FailureKind.InvalidArgument,
        $"The label tailsplit.name of the network '{QuotedText.Of(network.Name)}' is '{QuotedText.Of(name)}', which " +
        $"is the name of another network: {consequence}.",
        "Choose a name that no network has, or leave the label out.", network.Name);

    public static Failure LabelsClaimOneName(DockerNetwork network, string name, string others, string consequence) =>
        new(
        nameof(LabelsClaimOneName), FailureKind.InvalidArgument,
        $"The network '{QuotedText.Of(network.Name)}' claims the policy name '{QuotedText.Of(name)}', and so does " +
        $"{QuotedText.Of(others)}: {consequence}.",
        "Give each network a name of its own with tailsplit.name, or leave the label out.", network.Name);
}
