namespace Rotel.Processors.Typed;

/// <summary>A method of the user's as the object of a step; exactly one of the two is set.</summary>
internal sealed class TypedDelegate<TMessage>(
    Action<TMessage, ProcessorContext>? process, Func<TMessage, ProcessorContext, ValueTask>? processAsync)
{
    public ValueTask Process(TMessage message, ProcessorContext context)
    {
        if (processAsync is not null)
            return processAsync(message, context);
        process!(message, context);
        return ValueTask.CompletedTask;
    }
}
