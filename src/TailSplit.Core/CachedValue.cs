namespace TailSplit.Core;

/// <summary>
/// A value that a record derives from others, cached as long as they are the same. A copy by "with" shares the cache
/// and asks with its own values, so it gets a matching result. All caches are equal, since a derived value does not
/// affect equality of records.
/// </summary>
/// <typeparam name="TKey">All values from which it is derived, as a tuple.</typeparam>
/// <typeparam name="TValue">The derived value.</typeparam>
public sealed class CachedValue<TKey, TValue> : IEquatable<CachedValue<TKey, TValue>>
{
    // One reference, so that a concurrent caller gets a value that belongs to its key.
    private volatile Entry? _last;

    /// <param name="key">All values from which it is derived.</param>
    /// <param name="make">Derives it, only from the key.</param>
    public TValue Of(TKey key, Func<TKey, TValue> make)
    {
        Entry? last = _last;
        if (last is null || !EqualityComparer<TKey>.Default.Equals(last.Key, key))
            _last = last = new Entry(key, make(key));

        return last.Value;
    }

    public bool Equals(CachedValue<TKey, TValue>? other) => other is not null;

    public override bool Equals(object? obj) => Equals(obj as CachedValue<TKey, TValue>);

    public override int GetHashCode() => 0;

    private sealed record Entry(TKey Key, TValue Value);
}
