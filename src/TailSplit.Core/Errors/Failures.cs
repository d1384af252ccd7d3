using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Errors;

/// <summary>
/// Every error of TailSplit, in one place. The id of each is the name of its method, and docs/errors.md lists them; a
/// test compares the list with this class.
/// </summary>
public static partial class Failures
{
    public static Failure MissingTarget() => new(
        nameof(MissingTarget), FailureKind.InvalidArgument,
        "The command names no network, subnet or bridge.",
        "Name a Docker network with -Network (or pipe one in from Get-DockerNetwork), or give -Subnet by hand.", null);

    public static Failure BridgeWithoutSubnet(InterfaceName bridge) => new(
        nameof(BridgeWithoutSubnet), FailureKind.InvalidArgument,
        $"The host has no address on '{bridge}', so the subnets behind it are not known.",
        "Give them with -Subnet, for example -Subnet 172.18.0.0/16, fd00:18::/64.", bridge.ToString());

    public static Failure NetworkAndSubnet() => new(
        nameof(NetworkAndSubnet), FailureKind.InvalidArgument,
        "-Network can't be combined with -Subnet or -Bridge: Docker knows them.",
        "Give -Network alone, or -Subnet and -Bridge by hand.", null);

    public static Failure AmbiguousName(string name) => new(
        nameof(AmbiguousName), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(name)}' can't name several policies at once.",
        "Leave -Name out: each policy then has the name of its network.", name);

    public static Failure PolicyNameTaken(Policy wanted, Policy earlier) => new(
        nameof(PolicyNameTaken), FailureKind.InvalidArgument,
        $"The policy name '{wanted.Name}' was given twice, for {earlier.Target} and for {wanted.Target}. The second " +
        "gets no policy.",
        "Give each a name of its own with -Name.", wanted.Name.ToString());

    public static Failure AmbiguousNetwork(string name, string ids) => new(
        nameof(AmbiguousNetwork), FailureKind.InvalidArgument,
        $"Several networks have the name '{QuotedText.Of(name)}': {ids}.",
        "Give the id of the one that is meant, or pipe it in: Get-DockerNetwork, with Where-Object Engine -eq Podman " +
        "to choose an engine.", name);

    public static Failure NotATunnel(InterfaceName name, string reason) => new(
        nameof(NotATunnel), FailureKind.InvalidArgument,
        $"'{name}' can't be the tunnel: {reason}.",
        "Leave -TunnelInterface out, or give Tailscale's own interface, such as 'tailscale0'.", name.ToString());

    public static Failure BridgeCannotHavePolicy(InterfaceName bridge, string reason) => new(
        nameof(BridgeCannotHavePolicy), FailureKind.InvalidOperation,
        $"'{bridge}' can't have a policy: {reason}.",
        "Put the containers on a bridge of their own: docker network create <name>", bridge.ToString());

    public static Failure ForeignDocker(string reason) => new(
        nameof(ForeignDocker), FailureKind.Unavailable,
        $"The Docker daemon is not this host's own: {reason}. TailSplit does not create, change or remove policies " +
        "for its networks.",
        "Point the client at the rootful daemon of this host: unset DOCKER_HOST and DOCKER_CONTEXT, or run " +
        "'docker context use default'.", null);

    public static Failure DockerIsPodman(string? bridge) => new(
        nameof(DockerIsPodman), FailureKind.Unavailable,
        "'docker' is Podman on this host, but the program 'podman', which lists its networks, is not installed.",
        "Install podman on this host, or give the network by hand, as -Subnet 10.89.0.0/24 -Bridge " +
        $"{bridge ?? "podman1"}: 'podman network inspect' shows its subnets and its interface.", "docker");

    public static Failure SubnetInTailscaleRange(Cidr subnet, Cidr range) => new(
        nameof(SubnetInTailscaleRange), FailureKind.InvalidArgument,
        $"The subnet {subnet} overlaps {range}, which belongs to every tailnet; Tailscale drops such packets.",
        "Give the Docker network another subnet: docker network create --subnet ...", subnet);

    public static Failure WholeAddressSpace(string parameter, Cidr destination) => new(
        nameof(WholeAddressSpace), FailureKind.InvalidArgument,
        $"-{parameter} {destination} is the whole internet, so the policy would have no effect.",
        "Give specific destinations, or remove the policy with Remove-TailSplitPolicy.", destination);

    public static Failure InvalidDnsServer(string text, string reason) => new(
        nameof(InvalidDnsServer), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' can't be the name server of a killswitch: {reason}.",
        "Give one address per family that the exit node reaches, for example -DnsServer 9.9.9.9, 2620:fe::fe.", text);

    public static Failure WholeSubnet(Cidr subnet) => new(
        nameof(WholeSubnet), FailureKind.InvalidArgument,
        $"-Subnet {subnet} is the whole address space, but a policy is for one network.",
        "Give the subnet of the network: docker network inspect <name>", subnet);

    public static Failure OverlappingPolicies(Policy wanted, Policy other) => new(
        nameof(OverlappingPolicies), FailureKind.AlreadyExists,
        $"The policy '{wanted.Name}' would claim packets of the {ChoiceText.Of(other.Kind)} policy " +
        $"'{other.Name}': {wanted.Target} and {other.Target} overlap.",
        $"Remove the other one first: Remove-TailSplitPolicy {other.Name}", wanted.Name.ToString());

    public static Failure PolicyExists(Policy existing, string difference) => new(
        nameof(PolicyExists), FailureKind.AlreadyExists,
        $"The policy '{existing.Name}' is in force already, with {difference}.",
        "Add -Force to replace it in one step.", existing.Name.ToString());

    public static Failure PolicyNotFound(string name) => new(
        nameof(PolicyNotFound), FailureKind.NotFound,
        $"There is no policy '{QuotedText.Of(name)}'.",
        "Get-TailSplitPolicy lists what is in force; Tab completes the names.", name);

    public static Failure NotAPolicy(object? input) => new(
        nameof(NotAPolicy), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(input?.ToString())}' is not a policy, rule or Docker network.",
        "Pipe in what Get-TailSplitPolicy, Get-TailSplitRule or Get-DockerNetwork emits, or names.", input);

    public static Failure NetworkNotFound(string name, string engines) => new(
        nameof(NetworkNotFound), FailureKind.NotFound,
        $"{engines} {(engines.Contains(' ', StringComparison.Ordinal) ? "have" : "has")} no network " +
        $"'{QuotedText.Of(name)}'.",
        "Get-DockerNetwork lists the networks; Tab completes their names." +
        (engines.EndsWith(nameof(ContainerEngine.Podman), StringComparison.Ordinal)
            ? " Networks of rootless Podman are in a network namespace of the user, which the host's rules do not " +
                "reach."
            : ""),
        name);

    public static Failure NotInstalled(string program, string package) => new(
        nameof(NotInstalled), FailureKind.NotInstalled,
        $"The program '{program}' is not installed.",
        $"Install it: apt-get install {package} (or your distribution's package of that name).", program);

    public static Failure NoNfTables(string details) => new(
        nameof(NoNfTables), FailureKind.NotInstalled,
        $"This kernel has no nf_tables: nft says: {QuotedText.Whole(details)}",
        "Nothing was changed. Leave -FirewallBackend out to use iptables, or load the module: modprobe nf_tables.",
        "nft");

    public static Failure PermissionDenied(string what, string reason = "'sudo -n' was refused") => new(
        nameof(PermissionDenied), FailureKind.PermissionDenied,
        $"{what} needs root, and {QuotedText.Whole(reason).TrimEnd('.')}.",
        "Start PowerShell as root (sudo pwsh), or allow this user sudo without a password for " +
        $"{SudoPrograms.Text}. That list amounts to root.", what);

    public static Failure DockerUnavailable(string details) => new(
        nameof(DockerUnavailable), FailureKind.Unavailable,
        $"The Docker daemon does not answer: {QuotedText.Whole(details)}",
        "Start it (systemctl start docker), or point DOCKER_HOST or 'docker context use' at the right one.", null);

    public static Failure PodmanUnavailable(string details) => new(
        nameof(PodmanUnavailable), FailureKind.Unavailable,
        $"Podman does not answer: {QuotedText.Whole(details)}",
        "Run 'podman network ls' as root to see what is wrong with it. A unit of TailSplit needs " +
        "'Register-TailSplitService' again after Podman was installed.", null);

    public static Failure PodmanTooOld() => new(
        nameof(PodmanTooOld), FailureKind.Unavailable,
        "This Podman is older than version 4: it creates networks only with CNI, which TailSplit does not read.",
        "Install Podman 4 or later with netavark, or give the network by hand with -Subnet and -Bridge.", null);

    public static Failure UnreadableOutput(string program, string reason) => new(
        nameof(UnreadableOutput), FailureKind.InvalidData,
        $"The output of '{program}' can't be read: {QuotedText.Whole(reason)}",
        "Run it by hand to see what it says (-Verbose shows the command), and report it as an issue together with " +
        "its version.", program);

    public static Failure LockTimeout(string path, int seconds, string? holder) => new(
        nameof(LockTimeout), FailureKind.Timeout,
        $"Another TailSplit command held the lock {path} for {seconds} s.",
        $"Try again, or wait longer with -Wait <seconds>.{(holder is null ? "" : $" The lock is held by {holder}.")}",
        path);

    public static Failure LockUnavailable(string path, string reason) => new(
        nameof(LockUnavailable), FailureKind.Unavailable,
        $"The lock file {path} can't be opened: {QuotedText.Whole(reason)}",
        "Nothing was changed. Check that /run is writable and has free space, and that root owns /run/tailsplit.",
        path);

    public static Failure ReadFailed(string program, string details) => new(
        nameof(ReadFailed), FailureKind.Unavailable,
        $"The live rules can't be read: '{program}' says: {QuotedText.Whole(details)}",
        "Nothing was changed. Run the command by hand to see why it fails.", program);

    public static Failure ApplyFailed(string step, string details, string outcome) => new(
        nameof(ApplyFailed), FailureKind.InvalidOperation,
        $"The change failed at the step '{step}': {QuotedText.Whole(details)}",
        outcome, step);

    public static Failure TableUnreadable(IpFamily family, string table, string? chain, bool isTailscales)
    {
        string nft = $"nft list table {(family == IpFamily.IPv4 ? "ip" : "ip6")} {table}";
        string whose = isTailscales ? $"of Tailscale's, in its chain '{chain}', "
            : chain is null ? ""
            : $"in the chain '{chain}' ";
        return new Failure(
            nameof(TableUnreadable), FailureKind.InvalidOperation,
            $"The table '{table}' of {family.Iptables()} ({family}) can't be read: native nft rules {whose}are in " +
            "it, which iptables does not show.",
            "Nothing was changed. -FirewallBackend Nftables writes the policy to a table of TailSplit's own, where " +
            $"nft is installed. '{nft}' shows the rules that are in the way. " +
            (isTailscales
                ? "Tailscale is in its nftables mode: TS_DEBUG_FIREWALL_MODE=iptables in /etc/default/tailscaled (or " +
                    "in the environment of its container), --netfilter-mode on, and a restart of tailscaled move its " +
                    "rules to iptables."
                : "Their owner has to write them to a table of its own."),
            table);
    }

    public static Failure IptablesDisagree(
        string reading, string read, string writing, string written) => new(
        nameof(IptablesDisagree), FailureKind.InvalidOperation,
        $"'{reading}' shows the rules of {read}, and '{writing}' writes those of {written}: " +
        "what is written could not be read back.",
        "Nothing was changed. Use both programs from one iptables: 'update-alternatives --display iptables' and " +
        $"'command -v {writing}' show which they are.", writing);

    public static Failure IprouteNeeded(string details) => new(
        nameof(IprouteNeeded), FailureKind.NotInstalled,
        details.Contains("BusyBox", StringComparison.OrdinalIgnoreCase)
            ? "The program 'ip' is BusyBox's, which can't print rules and routes as JSON."
            : $"The program 'ip' is too old to print rules and routes as JSON: {QuotedText.Whole(details)}",
        "Install the package iproute2 (apk add iproute2, apt-get install iproute2), version 4.17 or later.", "ip");

    public static Failure IPv6FirewallMissing() => new(
        nameof(IPv6FirewallMissing), FailureKind.NotInstalled,
        "This kernel has IPv6, but 'ip6tables' is not installed: an IPv6 packet could bypass a policy.",
        "Install it: apt-get install iptables", "ip6tables");

    public static Failure IPv6TableMissing(string details) => new(
        nameof(IPv6TableMissing), FailureKind.NotInstalled,
        "This kernel has IPv6, but no table for its firewall: an IPv6 packet could bypass a policy. " +
        $"ip6tables-restore says: {QuotedText.Whole(details)}",
        "Nothing was changed. Load the tables, in a container on its host (modprobe -a ip6table_filter ip6table_nat " +
        "ip6table_mangle), or boot the kernel without IPv6 (ipv6.disable=1).", "ip6tables-restore");

    public static Failure NoRoomBelowTailscale(int lowest) => new(
        nameof(NoRoomBelowTailscale), FailureKind.InvalidOperation,
        $"Tailscale's first ip rule has preference {lowest}, which leaves no room for rules before it.",
        "Nothing was changed. TailSplit's rules begin 118 before that one, which tailscaled writes itself (5210, or " +
        "1310 beside mwan3). 'ip rule' shows it: see who gave it that preference.", lowest);

    public static Failure RulePreferenceOutOfRange(int preference, int lowest, int highest) => new(
        nameof(RulePreferenceOutOfRange), FailureKind.InvalidArgument,
        $"TailSplit's ip rules can't be at {preference}.",
        $"Nothing was changed. Give -RulePreference a number from {lowest} to {highest} whose rules, from 8 below it " +
        "to 1 above it, keep out of 1300 to 1399 and 5200 to 5299, where tailscaled deletes.", preference);
}
