using System.Collections;
using Rotel.Configuration;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;

namespace Rotel;

/// <summary>
/// The receivers, at most one of each type. It arrives with those that configuration and environment name, or with <c>otlp</c> alone where
/// they name none. The process's own SDK hands over whatever is in here.
/// </summary>
public sealed class ReceiverCollection : IReadOnlyCollection<string>
{
    private readonly OtlpReceiverOptions _otlp;
    private readonly Func<ReceiverType, ConfiguredReceiver> _create;
    private readonly Action<ReceiverType> _register;
    private readonly List<ConfiguredReceiver> _others = [];

    internal ReceiverCollection(OtlpReceiverOptions otlp)
        : this(otlp, type => new(type, type.CreateOptions(), SettingScope.Receiver(type.Name)), _ => { })
    {
    }

    /// <param name="otlp">The options of the receiver that is always known.</param>
    /// <param name="create">Makes a receiver with what the sources of settings say about it.</param>
    /// <param name="register">Makes a type known to the sources, which may have named it.</param>
    internal ReceiverCollection(
        OtlpReceiverOptions otlp, Func<ReceiverType, ConfiguredReceiver> create, Action<ReceiverType> register)
    {
        _otlp = otlp;
        _create = create;
        _register = register;
    }

    /// <summary>Gets the number of receivers.</summary>
    public int Count => _others.Count + (HasOtlp ? 1 : 0);

    /// <summary>Whether OTLP is listened for.</summary>
    internal bool HasOtlp { get; private set; } = true;

    /// <summary>All but OTLP's.</summary>
    internal IReadOnlyList<ConfiguredReceiver> Others => _others;

    /// <summary>Adds the receiver of OTLP over gRPC and HTTP, or configures it further.</summary>
    /// <param name="configure">Sets its options, which are <see cref="RotelOptions.Otlp"/>.</param>
    /// <returns>This collection.</returns>
    public ReceiverCollection AddOtlp(Action<OtlpReceiverOptions>? configure = null)
    {
        HasOtlp = true;
        configure?.Invoke(_otlp);
        return this;
    }

    /// <summary>Removes a receiver, so that nothing is received there.</summary>
    /// <param name="name">Its type, such as <c>otlp</c>, in any case.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.Equals(ReceiverTypes.Otlp, StringComparison.OrdinalIgnoreCase))
            return _others.RemoveAll(receiver => IsCalled(receiver, name)) > 0;
        var had = HasOtlp;
        HasOtlp = false;
        return had;
    }

    /// <summary>Whether there is a receiver of this type.</summary>
    /// <param name="name">In any case.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return this.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Lists the types of the receivers.</summary>
    /// <returns>Lower-case names, OTLP first.</returns>
    public IEnumerator<string> GetEnumerator()
    {
        if (HasOtlp)
            yield return ReceiverTypes.Otlp;
        foreach (var receiver in _others)
            yield return receiver.Type.Name;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Makes a type known, so that settings can name it.</summary>
    internal void Register(ReceiverType type) => _register(type);

    internal ReceiverCollection Add<TOptions>(ReceiverType type, Action<TOptions>? configure)
        where TOptions : class
    {
        Register(type);
        var receiver = _others.Find(receiver => IsCalled(receiver, type.Name));
        if (receiver is null)
            Put(receiver = _create(type));
        configure?.Invoke((TOptions)receiver.Options);
        return this;
    }

    internal void Put(ConfiguredReceiver receiver) => _others.Add(receiver);

    private static bool IsCalled(ConfiguredReceiver receiver, string name) =>
        receiver.Type.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
