using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FieldSupport.Web.Tests.Architecture;

/// <summary>What a compiled assembly names from elsewhere, views and generated code included: nothing can be called that is not listed here.</summary>
internal sealed class Compiled
{
    private Compiled(IReadOnlySet<string> assemblies, IReadOnlySet<string> types, IReadOnlySet<string> members) => (Assemblies, Types, Members) = (assemblies, types, members);

    /// <summary>Simple names of the assemblies referred to.</summary>
    public IReadOnlySet<string> Assemblies { get; }

    /// <summary>Full names of foreign types.</summary>
    public IReadOnlySet<string> Types { get; }

    /// <summary>Foreign methods and fields: <c>Namespace.Type.Member</c>.</summary>
    public IReadOnlySet<string> Members { get; }

    public static Compiled Of(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var read = file.GetMetadataReader();
        string TypeName(TypeReferenceHandle handle)
        {
            var type = read.GetTypeReference(handle);
            var name = read.GetString(type.Name);
            if (type.ResolutionScope.Kind == HandleKind.TypeReference) return $"{TypeName((TypeReferenceHandle)type.ResolutionScope)}+{name}";
            return type.Namespace.IsNil ? name : $"{read.GetString(type.Namespace)}.{name}";
        }

        string? ParentName(EntityHandle parent) => parent.Kind switch
        {
            HandleKind.TypeReference => TypeName((TypeReferenceHandle)parent),
            HandleKind.TypeSpecification => GenericName(read, (TypeSpecificationHandle)parent, TypeName),
            _ => null,
        };

        return new Compiled(
            read.AssemblyReferences.Select(h => read.GetString(read.GetAssemblyReference(h).Name)).ToHashSet(),
            read.TypeReferences.Select(TypeName).ToHashSet(),
            read.MemberReferences.Select(read.GetMemberReference).Select(m => (Parent: ParentName(m.Parent), Name: read.GetString(m.Name)))
                .Where(m => m.Parent is not null).Select(m => $"{m.Parent}.{m.Name}").ToHashSet());
    }

    /// <summary>A closed generic type is a signature: GENERICINST, class or value, then the type itself.</summary>
    private static string? GenericName(MetadataReader read, TypeSpecificationHandle handle, Func<TypeReferenceHandle, string> typeName)
    {
        var signature = read.GetBlobReader(read.GetTypeSpecification(handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return null;
        signature.ReadSignatureTypeCode();
        var type = signature.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? typeName((TypeReferenceHandle)type) : null;
    }
}
