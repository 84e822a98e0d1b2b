namespace Rotel.Settings;

/// <inheritdoc cref="Setting"/>
/// <typeparam name="TOptions">The options the setting belongs to.</typeparam>
/// <typeparam name="TValue">The type of its value.</typeparam>
internal sealed class Setting<TOptions, TValue> : Setting
    where TOptions : class
{
    private readonly SettingForm<TValue> _form;
    private readonly Func<TOptions, object?> _get;
    private readonly Action<TOptions, TValue> _set;

    /// <param name="name">As <see cref="Setting.Name"/>.</param>
    /// <param name="form">How its text reads.</param>
    /// <param name="summary">As <see cref="Setting.Summary"/>.</param>
    /// <param name="get">The value now; null when unset.</param>
    /// <param name="set">Stores a value that was read.</param>
    public Setting(string name, SettingForm<TValue> form, string summary, Func<TOptions, object?> get, Action<TOptions, TValue> set)
        : base(name, summary)
    {
        _form = form;
        _get = get;
        _set = set;
    }

    public override string Form => _form.Description;

    public override bool IsCollection => _form.IsCollection;

    private protected override bool CanStandInFile => _form.CanStandInFile;

    public override bool IsBoolean => typeof(TValue) == typeof(bool);

    public override string? Apply(object options, string text)
    {
        if (!_form.TryRead(text, out var value, out var problem))
            return problem;
        _set((TOptions)options, value);
        return null;
    }

    public override string? ApplyItems(object options, IReadOnlyList<KeyValuePair<string, string>> items)
    {
        if (!_form.TryReadItems(items, out var value, out var problem))
            return problem;
        _set((TOptions)options, value);
        return null;
    }

    public override string? Show(object options) => _get((TOptions)options) is TValue value ? _form.Write(value) : null;

    public override string? Display(object options) =>
        _get((TOptions)options) is TValue value ? IsSecret ? _form.Mask(value) : _form.Display(value) : null;
}
