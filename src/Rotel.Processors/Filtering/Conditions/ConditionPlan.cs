using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>
/// The conditions of one editor: what they ask about a resource, a scope or a metric is answered once, when the walk enters that, and the
/// answers are kept in the scratch under the indexes that are given out here. Filled while the editor is made, then only read.
/// </summary>
/// <remarks>
/// An editor with a plan looks at <see cref="Levels"/> beside its own, and calls <see cref="EnterResource"/>, <see cref="EnterScope"/> and
/// <see cref="EnterMetric"/> first thing when it is shown these. Conditions see the body as it came, before the editor's own changes.
/// </remarks>
internal sealed class ConditionPlan
{
    private readonly List<(int Index, ConditionNode<ResourceItem> Node)> _resources = [];
    private readonly List<(int Index, ConditionNode<ScopeItem> Node)> _scopes = [];
    private readonly List<(int Index, ConditionNode<MetricItem> Node)> _metrics = [];
    private int _count;

    /// <summary>What the editor must look at so that there are answers.</summary>
    public EditLevels Levels =>
        (_resources.Count > 0 ? EditLevels.Resource : 0)
        | (_scopes.Count > 0 ? EditLevels.Scope : 0)
        | (_metrics.Count > 0 ? EditLevels.Metric : 0);

    /// <summary>Answers what is asked about the resource that the walk is at.</summary>
    public void EnterResource(ref BodyWalk walk)
    {
        if (_resources.Count == 0)
            return;
        var answers = Answers(ref walk);
        var item = new ResourceItem(In(ref walk, walk.Resource), answers, walk.Scratch);
        foreach (var (index, node) in _resources)
            answers[index] = node.Matches(ref item);
    }

    /// <summary>Answers what is asked about the scope that the walk is at.</summary>
    public void EnterScope(ref BodyWalk walk)
    {
        if (_scopes.Count == 0)
            return;
        var answers = Answers(ref walk);
        var item = new ScopeItem(In(ref walk, walk.Scope), answers, walk.Scratch);
        foreach (var (index, node) in _scopes)
            answers[index] = node.Matches(ref item);
    }

    /// <summary>Answers what is asked about the metric that the walk is at.</summary>
    public void EnterMetric(ref BodyWalk walk)
    {
        if (_metrics.Count == 0)
            return;
        var answers = Answers(ref walk);
        var item = new MetricItem(In(ref walk, walk.Metric), answers, walk.Scratch);
        foreach (var (index, node) in _metrics)
            answers[index] = node.Matches(ref item);
    }

    /// <summary>The answers so far.</summary>
    public Span<bool> Answers(ref BodyWalk walk) => walk.Scratch.Answers(_count);

    /// <summary>Has a test made for every resource; returns the index of its answer.</summary>
    public int AddResource(ConditionNode<ResourceItem> node)
    {
        var bound = node.Bind(this);
        _resources.Add((_count, bound));
        return _count++;
    }

    /// <summary>Has a test made for every scope; returns the index of its answer.</summary>
    public int AddScope(ConditionNode<ScopeItem> node)
    {
        var bound = node.Bind(this);
        _scopes.Add((_count, bound));
        return _count++;
    }

    /// <summary>Has a test made for every metric; returns the index of its answer.</summary>
    public int AddMetric(ConditionNode<MetricItem> node)
    {
        var bound = node.Bind(this);
        _metrics.Add((_count, bound));
        return _count++;
    }

    private static ReadOnlySpan<byte> In(ref BodyWalk walk, MessageAt message) => message.IsThere ? message.In(walk.Body) : default;
}
