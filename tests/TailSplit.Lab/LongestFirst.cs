using TailSplit.Lab.Boot;
using TailSplit.Lab.Diagnosis;
using TailSplit.Lab.Options;
using TailSplit.Lab.Podman;
using TailSplit.Lab.Recipes;
using TailSplit.Lab.Tracing;
using TailSplit.Lab.Transactions;
using TailSplit.Lab.Transitions;
using TailSplit.Lab.Userlands;
using Xunit.Sdk;
using Xunit.v3;

namespace TailSplit.Lab;

/// <summary>
/// Starts the collections that take longest first, so that none of them runs alone at the end. xunit's own order
/// depends on the folder of the checkout. It queues all collections on one thread of the pool, which takes the last one
/// first (other threads take a few from the front), so those that start first come last here.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long =
    [
        .. new[]
        {
            typeof(RandomHostsTests), typeof(SharedOptionsLab), typeof(UserlandTests), typeof(SharedNfTablesFaultLab),
            typeof(SharedLegacyFaultLab), typeof(SharedDoctorLab), typeof(WatcherFaultTests),
            typeof(LegacyForgedConnectionTests), typeof(SharedOwnTableOptionsLab), typeof(NfTablesForgedConnectionTests),
            typeof(PodmanPolicyTests), typeof(NfTablesTransitions), typeof(RecipeTests),
        }.Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .Select(collection => (Collection: collection, Name: NameOf(collection)))
                .OrderByDescending(
                    named => Array.IndexOf(s_long, named.Name) is >= 0 and int place ? place : s_long.Length)
                .ThenByDescending(named => named.Name, StringComparer.Ordinal)
                .Select(named => named.Collection),
        ];

    // The collection of a class alone has no definition: "Test collection for NAME (id: ...)".
    private static string NameOf(ITestCollection collection) =>
        collection.TestCollectionClassName
            ?? collection.TestCollectionDisplayName
                .Replace("Test collection for ", "", StringComparison.Ordinal)
                .Split(' ')[0];
}
