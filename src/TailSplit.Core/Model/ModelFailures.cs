
namespace TailSplit.Core.Model;

/// <summary>
/// Errors of a text or network that can't become a value. All other errors are in <c>Errors</c>.
/// </summary>
public static class ModelFailures
{
    public static Failure InvalidCidr(string text, string reason) => new(
        nameof(InvalidCidr), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' is not a subnet: {reason}.",
        "Write it as address/length, for example 172.18.0.0/16 or fd00:18::/64.", text);

    public static Failure InvalidInterfaceName(string text, string reason) => new(
        nameof(InvalidInterfaceName), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' is not the name of a network interface: {reason}.",
        "Run 'ip link' to see the interfaces of this host.", text);

    public static Failure InvalidPolicyName(string text, string reason) => new(
        nameof(InvalidPolicyName), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' can't name a policy: {reason}.",
        "Choose a name of letters, digits and _ . - with -Name.", text);

    public static Failure NetworkCannotHavePolicy(DockerNetwork network) => new(
        nameof(NetworkCannotHavePolicy), FailureKind.InvalidOperation,
        $"The network '{QuotedText.Of(network.Name)}' can't have a policy: {network.Reason}.",
        "Put the container on a bridge network: docker network create <name>", network);
}
