using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Rotel.Processors.Files;

/// <summary>
/// A file that is loaded, and the objects of its classes: one of each class, whatever signals it processes, for as long as Rotel runs.
/// </summary>
/// <param name="path">Its full path.</param>
/// <param name="context">Where it is loaded; this object's.</param>
/// <param name="types">The classes in it that are processors of any signal, in the order in which they run.</param>
internal sealed class ProcessorFile(string path, ProcessorFileContext context, IReadOnlyList<Type> types) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private IReadOnlyList<Type> _types = types;
    private readonly Dictionary<Type, object> _instances = [];

    public string Path => path;

    /// <summary>Whether a class needs its name to be told from the others.</summary>
    public bool HasSeveral => _types.Count > 1;

    /// <summary>The classes that implement an interface.</summary>
    public IEnumerable<Type> Implementing(Type contract) => _types.Where(contract.IsAssignableFrom);

    /// <summary>The object of a class; null, with what is wrong, when its constructor cannot be called or fails.</summary>
    /// <param name="type">One of the file's.</param>
    /// <param name="services">Where parameters of the constructor come from; null: there are none.</param>
    /// <param name="problem">A sentence that names file and class.</param>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "As ProcessorFiles says.")]
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "As ProcessorFiles says.")]
    public object? InstanceOf(Type type, IServiceProvider? services, out string? problem)
    {
        problem = null;
        lock (_lock)
        {
            if (_instances.TryGetValue(type, out var instance))
                return instance;
            try
            {
                return _instances[type] = ActivatorUtilities.CreateInstance(services ?? NoServices.Instance, type);
            }
            catch (Exception exception)
            {
                // The constructor is the user's code, which may throw anything.
                var cause = exception is TargetInvocationException or TypeInitializationException
                    ? exception.InnerException ?? exception
                    : exception;
                problem = $"'{path}': {type.FullName} cannot be created: {cause.GetType().Name}: {cause.Message}";
                return null;
            }
        }
    }

    /// <summary>Disposes the objects and lets the file go: its memory is free once no call into it runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        object[] instances;
        lock (_lock)
        {
            instances = [.. _instances.Values];
            _instances.Clear();
            _types = [];
        }

        try
        {
            foreach (var instance in instances)
            {
                if (instance is IAsyncDisposable asynchronous)
                    await asynchronous.DisposeAsync().ConfigureAwait(false);
                else
                    (instance as IDisposable)?.Dispose();
            }
        }
        finally
        {
            context.Unload();
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
