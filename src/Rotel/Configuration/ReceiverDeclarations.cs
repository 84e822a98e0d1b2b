using Rotel.Pipelines;
using Rotel.Receivers.Otlp;

namespace Rotel.Configuration;

/// <summary>
/// Works out which receivers there are: those that sources name, else OTLP alone; then what code adds and removes. The type of a receiver
/// may come with a package, whose registration by code is waited for.
/// </summary>
internal sealed class ReceiverDeclarations
{
    private readonly List<ReceiverType> _types = [];
    private readonly List<string> _awaited = [];
    private readonly SettingReader _reader;
    private readonly ConfigurationErrors _errors;
    private string _setting = "";

    public ReceiverDeclarations(OtlpReceiverOptions otlp, SettingReader reader, ConfigurationErrors errors)
    {
        _reader = reader;
        _errors = errors;
        Collection = new ReceiverCollection(otlp, Create, Register);
    }

    public ReceiverCollection Collection { get; }

    /// <summary>Those that packages have added.</summary>
    public IReadOnlyList<ReceiverType> Types => _types;

    /// <summary>Reads which receivers the sources name.</summary>
    public void Declare()
    {
        var selection = new ReceiverSelection();
        _reader.Apply(SettingScope.Global, static () => ReceiverSelection.Rows, selection);
        var single = SettingScope.Global.For(ReceiverSelection.ReceiverRow);
        var several = SettingScope.Global.For(ReceiverSelection.ReceiversRow);
        if (selection is { Receiver: not null, Receivers: not null })
            _errors.Add(single.ToString(), $"cannot be used together with {several}; keep the first for one receiver, the second for several");
        if ((selection.Receivers ?? (selection.Receiver is { } only ? [only] : null)) is not { } names)
            return;

        _setting = (selection.Receivers is null ? single : several).ToString();
        Collection.Remove(ReceiverTypes.Otlp);
        foreach (var name in names.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal))
        {
            if (name == ReceiverTypes.Otlp)
                Collection.AddOtlp();
            else
                _awaited.Add(name);
        }
    }

    /// <summary>Reports receivers whose type nobody has registered.</summary>
    public void ReportUnknown()
    {
        foreach (var name in _awaited)
        {
            var known = string.Join(", ", _types.Select(type => type.Name).Prepend(ReceiverTypes.Otlp));
            _errors.Add(_setting, ReceiverTypes.WhyNot(name) ?? $"found an unknown receiver; expected some of {known}");
        }
    }

    private void Register(ReceiverType type)
    {
        if (_types.Exists(known => known.Name == type.Name))
            return;
        _types.Add(type);
        if (_awaited.Remove(type.Name))
            Collection.Put(Create(type));
    }

    private ConfiguredReceiver Create(ReceiverType type)
    {
        var receiver = new ConfiguredReceiver(type, type.CreateOptions(), SettingScope.Receiver(type.Name));
        _reader.Apply(receiver.Scope, () => type.Settings, receiver.Options);
        return receiver;
    }
}
