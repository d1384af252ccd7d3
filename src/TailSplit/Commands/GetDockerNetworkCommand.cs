using System.Collections;
using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;

namespace TailSplit.Commands;

/// <summary>
/// Get-DockerNetwork: lists the networks of the host's container engines, each with the policy in force on it.
/// </summary>
[Cmdlet(VerbsCommon.Get, "DockerNetwork")]
[OutputType(typeof(DockerNetwork))]
public sealed class GetDockerNetworkCommand : TailSplitCommand
{
    /// <summary>Names, with wildcards. A name without wildcards must exist.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompleteNetwork]
    public string[]? Name { get; set; }

    /// <summary>Only networks with all of these labels: a hashtable, whose values may be wildcards.</summary>
    [Parameter]
    [ValidateNotNull]
    [CompleteLabel]
    public Hashtable? Label { get; set; }

    private ImmutableArray<DockerNetwork>? _networks;

    protected override void ProcessRecord()
    {
        _networks ??= Read();
        if (Name is null)
        {
            Write(_networks.Value);
            return;
        }

        foreach (string name in Name)
        {
            NamePattern pattern = new(name);
            DockerNetwork[] found = pattern.Choose(_networks.Value, network => network.Name);
            if (found.Length == 0)
                found = [.. _networks.Value.Where(network => network.Id == name)];

            if (found.Length == 0 && pattern.IsOne)
                WriteFailure(Failures.NetworkNotFound(name, EngineText.List(Engines.Kinds)));

            Write(found);
        }
    }

    // If one engine fails, the networks of the other are still emitted, and the failure is an error.
    private ImmutableArray<DockerNetwork> Read()
    {
        HostNetworks networks = AwaitOrThrow(new NetworkList(Machine, Engines).ReadAsync);
        foreach (UnseenEngine unseen in networks.Unseen)
            WriteFailure(unseen.Failure);

        return networks.Networks;
    }

    private void Write(IEnumerable<DockerNetwork> networks)
    {
        foreach (DockerNetwork network in networks.Where(HasLabels))
            WriteObject(network);
    }

    private bool HasLabels(DockerNetwork network) =>
        (Label ?? []).Cast<DictionaryEntry>().All(label =>
            network.Labels.TryGetValue(label.Key.ToString()!, out string? value)
            && WildcardPattern.Get(label.Value?.ToString() ?? "", WildcardOptions.None).IsMatch(value));
}
