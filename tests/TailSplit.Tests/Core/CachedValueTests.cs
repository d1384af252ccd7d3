using TailSplit.Core;
using Xunit;

namespace TailSplit.Tests.Core;

/// <summary>What a record works out once is right for every copy of it, and is no part of its value.</summary>
public sealed class CachedValueTests
{
    private static int s_made;

    [Fact]
    public void The_value_is_computed_once()
    {
        s_made = 0;
        Sample sample = new() { Text = "a" };

        Assert.Same(sample.Shouted, sample.Shouted);
        Assert.Equal(("A", 1), (sample.Shouted, s_made));
    }

    [Fact]
    public void A_copy_with_another_value_has_a_cache_of_its_own()
    {
        Sample sample = new() { Text = "a" };
        Assert.Equal("A", sample.Shouted);

        Sample copy = sample with { Text = "b" };

        Assert.Equal(("B", "A", "B"), (copy.Shouted, sample.Shouted, copy.Shouted));
    }

    [Fact]
    public void A_copy_with_the_same_value_shares_the_cache()
    {
        Sample sample = new() { Text = "a" };

        Assert.Same(sample.Shouted, (sample with { Other = 1 }).Shouted);
    }

    [Fact]
    public void It_does_not_affect_the_equality_of_a_record()
    {
        Sample asked = new() { Text = "a" };
        Sample unasked = new() { Text = "a" };
        string before = asked.ToString();
        Assert.Equal("A", asked.Shouted);

        Assert.Equal(unasked, asked);
        Assert.Equal(unasked.GetHashCode(), asked.GetHashCode());
        Assert.NotEqual(unasked with { Text = "b" }, asked);
        Assert.Equal(before, asked.ToString());
        Assert.DoesNotContain("CachedValue", before, StringComparison.Ordinal);
    }

    private sealed record Sample
    {
        private readonly CachedValue<string, string> _shouted = new();

        public required string Text { get; init; }

        public int Other { get; init; }

        public string Shouted => _shouted.Of(
            Text,
            static text =>
            {
                s_made++;
                return text.ToUpperInvariant();
            });
    }
}
