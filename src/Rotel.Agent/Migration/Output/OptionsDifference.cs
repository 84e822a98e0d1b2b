using System.Collections;
using System.Reflection;
using Rotel.Processors.Attributes;

namespace Rotel.Agent.Migration.Output;

/// <summary>
/// What code has to say to make options of others: it looks at both, member by member, so that there is no second table of what setting is
/// which member.
/// </summary>
internal sealed class OptionsDifference(CSharpLiteral literal)
{
    /// <summary>Members that hold what is a group of its own.</summary>
    private static readonly HashSet<Type> Groups =
        [typeof(ReceiverCollection), typeof(ProcessorCollection), typeof(ExporterCollection)];

    /// <summary>The statements that make <paramref name="target"/> of options that are like <paramref name="defaults"/>.</summary>
    /// <param name="variable">What the options are called in code.</param>
    /// <param name="defaults">Options as they are made.</param>
    /// <param name="target">Options of the same type.</param>
    public IReadOnlyList<string> Statements(string variable, object defaults, object target)
    {
        var statements = new List<string>();
        Compare(variable, defaults, target, statements);
        return statements;
    }

    private void Compare(string path, object before, object after, List<string> statements)
    {
        // What a base class declares comes last: an endpoint is told before its retries.
        foreach (var property in after.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.DeclaringType == after.GetType() ? 0 : 1))
        {
            var member = $"{path}.{property.Name}";
            var (from, to) = (property.GetValue(before), property.GetValue(after));
            if (Groups.Contains(property.PropertyType) || to is Delegate)
                continue;
            if (property.Name == nameof(SignalOptions.Exporters) && to is IReadOnlyList<string> names && after is SignalOptions)
                AddIfOther(from, to, () => $"{path}.{nameof(SignalOptions.ExportTo)}({Items(names)});");
            else if (property.SetMethod is { IsPublic: true } && to is IReadOnlyList<string> list)
                AddIfOther(from, to, () => $"{member} = [{Items(list)}];");
            else if (to is AttributeActionList actions)
                statements.AddRange(actions.Select(action => $"{member}.{Call(action)};"));
            else if (to is IEnumerable items and not string)
                CompareItems(member, (IEnumerable)from!, items, property.PropertyType, statements);
            else if (property.SetMethod is { IsPublic: true })
                AddIfOther(from, to, () => $"{member} = {literal.Of(to)};");
            else if (from is not null && to is not null && property.PropertyType.IsClass)
                Compare(member, from, to, statements);

            void AddIfOther(object? one, object? other, Func<string> statement)
            {
                if (!Equal(one, other))
                    statements.Add(statement());
            }
        }
    }

    private void CompareItems(string member, IEnumerable before, IEnumerable after, Type type, List<string> statements)
    {
        var (from, to) = (before.Cast<object>().ToArray(), after.Cast<object>().ToArray());
        if (from.SequenceEqual(to))
            return;
        var isMap = type == typeof(ResourceAttributeList)
            || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>);
        if (isMap)
        {
            foreach (var pair in to.Except(from))
            {
                var (key, value) = (pair.GetType().GetProperty("Key")!.GetValue(pair), pair.GetType().GetProperty("Value")!.GetValue(pair));
                statements.Add($"{member}[{literal.Of(key)}] = {literal.Of(value)};");
            }

            return;
        }

        if (from.Length > 0)
            statements.Add($"{member}.Clear();");
        statements.AddRange(to.Select(item => $"{member}.Add({literal.Of(item)});"));
    }

    private string Call(AttributeAction action) => (action.Kind, action.FromKey, action.Key) switch
    {
        (AttributeActionKind.Insert or AttributeActionKind.Update or AttributeActionKind.Upsert, { } source, _) =>
            $"{action.Kind}From({literal.Of(action.Key)}, {literal.Of(source)})",
        (AttributeActionKind.Insert or AttributeActionKind.Update or AttributeActionKind.Upsert, null, _) =>
            $"{action.Kind}({literal.Of(action.Key)}, {literal.Of(action.Value)})",
        (AttributeActionKind.Extract, _, _) => $"Extract({literal.Of(action.Key)}, {literal.Of(action.Pattern)})",
        (AttributeActionKind.Convert, _, _) => $"Convert({literal.Of(action.Key)}, {literal.Of(action.Type)})",
        (AttributeActionKind.Rename, _, _) => $"Rename({literal.Of(action.Key)}, {literal.Of(action.NewKey)})",
        (_, _, null) => $"{action.Kind}Matching({literal.Of(action.Pattern)})",
        _ => $"{action.Kind}({literal.Of(action.Key)})",
    };

    private string Items(IEnumerable<string> items) => string.Join(", ", items.Select(literal.Of));

    private static bool Equal(object? one, object? other) =>
        one is IReadOnlyList<string> first && other is IReadOnlyList<string> second ? first.SequenceEqual(second) : Equals(one, other);
}
